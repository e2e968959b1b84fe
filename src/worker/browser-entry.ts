/** Entry of the worker in browsers: a dedicated module worker. */
import { expose } from 'comlink'
import { createWorkerApi } from './host.js'

expose(createWorkerApi())
