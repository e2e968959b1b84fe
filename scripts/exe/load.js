// First script of the executable, and of its workers: runs a module that is among the assets, with all that this one requires. Before it stands `const entry`,
// that module's name.
const sea = process.getBuiltinModule('node:sea')
const { compileFunction } = process.getBuiltinModule('node:vm')
const modules = new Map()

function load(name) {
  const known = modules.get(name)
  if (known !== undefined) return known.exports
  const module = { exports: {} }
  modules.set(name, module)
  const parameters = ['module', 'exports', 'require', '__filename']
  const run = compileFunction(sea.getAsset(`code/${name}`, 'utf8'), parameters, { filename: name })
  const require = (id) =>
    id.startsWith('./') ? load(id.slice(2).replaceAll('/', '-')) : process.getBuiltinModule(id)
  run(module, module.exports, require, process.execPath)
  return module.exports
}

load(entry)
