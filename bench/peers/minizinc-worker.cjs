// What MiniZinc's browser build expects of a web worker, on top of a Node worker thread: `self`, messages, and its data files
// by path. Its own Node entry needs a native MiniZinc, which npm cannot bring.
const { readFileSync } = require('node:fs')
const { dirname } = require('node:path')
const { parentPort, workerData } = require('node:worker_threads')
const { runInThisContext } = require('node:vm')

Object.assign(globalThis, {
  self: globalThis,
  require,
  __filename: workerData.file,
  __dirname: dirname(workerData.file),
  postMessage: (message) => parentPort.postMessage(message),
  addEventListener: (type, listener) => {
    if (type === 'message') parentPort.on('message', (data) => listener({ data }))
  },
})
runInThisContext(readFileSync(workerData.file, 'utf8'), { filename: workerData.file })
