/** Entry of the worker in Node. Never reached by a browser bundle: `node-worker.ts` names it by a URL, not by an import. */
import { parentPort } from 'node:worker_threads'
import { expose } from 'comlink'
import { createLazyLpService } from '../lp/lazy.js'
import { createWorkerApi } from './host.js'
import { nodeEndpoint } from './node-endpoint.js'

if (parentPort === null) throw new Error('this module is the entry of a worker thread')
expose(createWorkerApi(createLazyLpService), nodeEndpoint(parentPort))
