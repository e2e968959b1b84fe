/** Entry of the worker in browsers: a dedicated module worker. */
import { expose } from 'comlink'
import { createInlineLpService } from '../lp/service.js'
import { createWorkerApi } from './host.js'

// Bundlers do not follow a worker that starts workers like itself: LPs of plans that are made here are solved here.
expose(createWorkerApi(createInlineLpService))
