/** Starts a worker in Node's own bundle, which knows nothing of browsers. */
export { startNodeWorker as startWorker } from './node-worker.js'
