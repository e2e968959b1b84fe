/** Entry of the LP worker in browsers: a dedicated module worker. */
import { expose } from 'comlink'
import { createLpWorkerApi } from './host.js'

expose(createLpWorkerApi())
