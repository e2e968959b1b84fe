/** Cmdlets on the virtual file system. Paths are files; other providers (registry, env:) are not in the subset. */
import type { Arguments, CommandContext, CommandDefinition } from '../commands.js'
import { itemsOf, toText } from '../convert.js'
import { PSThrow } from '../errors.js'
import { normalise } from '../files.js'
import { hasWildcard, wildcard } from '../patterns.js'
import { psObject, type Value } from '../values.js'
import { cmdlet, flag, on, stateful, text } from './define.js'

const MODULE = { module: 'Microsoft.PowerShell.Management' }
const RISKY = { ...MODULE, shouldProcess: true }
const PATHS = {
  Path: { type: 'string[]', position: 0, pipelineByName: true },
  LiteralPath: { type: 'string[]', aliases: ['PSPath'], pipelineByName: true },
}

/** -Path with a wildcard stands for the files that fit; brackets in a file name make it miss, as in PowerShell. */
function pathsOf(args: Arguments, ctx: CommandContext): string[] {
  if (args.LiteralPath !== undefined) return itemsOf(args.LiteralPath).map(toText)
  return itemsOf(args.Path ?? []).flatMap((each) => {
    const path = toText(each)
    if (!hasWildcard(path)) return [path]
    const pattern = wildcard(normalise(path))
    return ctx.rt.files
      .list()
      .map((file) => file.path)
      .filter((found) => pattern.test(found))
  })
}

const notFound = (ctx: CommandContext, path: string) =>
  ctx.error(`Cannot find path '${normalise(path)}' because it does not exist.`, {
    errorId: 'PathNotFound',
    exceptionType: 'System.Management.Automation.ItemNotFoundException',
    category: 'ObjectNotFound',
    targetObject: path,
  })

/** A write that fails is a terminating error of the cmdlet. */
function writeFile(ctx: CommandContext, path: string, content: string, encoding: Value): void {
  if (!ctx.rt.files.parentExists(path)) {
    ctx.error(`Could not find a part of the path '${normalise(path)}'.`, {
      exceptionType: 'System.IO.DirectoryNotFoundException',
    })
    return
  }
  try {
    ctx.rt.files.write(path, content, encoding === undefined ? undefined : text(encoding).toLowerCase())
  } catch (error) {
    if (error instanceof PSThrow) throw error
    ctx.error((error as Error).message, { exceptionType: 'System.IO.IOException' })
  }
}

const item = (path: string, folder: boolean) => {
  const full = normalise(path)
  const name = full.replace(/^.*\\/, '')
  return psObject(
    {
      FullName: full,
      Name: name,
      BaseName: name.replace(/\.[^.]*$/, ''),
      Extension: /\.[^.]*$/.exec(name)?.[0] ?? '',
      DirectoryName: full.replace(/\\[^\\]*$/, ''),
      PSIsContainer: folder,
    },
    folder ? 'System.IO.DirectoryInfo' : 'System.IO.FileInfo',
  )
}

const ENCODING = {
  type: 'string',
  values: ['utf8', 'unicode', 'ascii', 'default', 'oem', 'utf8BOM', 'utf8NoBOM', 'utf32', 'bigendianunicode'],
}

const writer = (name: string, append: boolean) =>
  stateful(
    name,
    {
      ...PATHS,
      Value: { position: 1, pipeline: true },
      Encoding: ENCODING,
      NoNewline: flag,
      Force: flag,
      PassThru: flag,
    },
    (ctx, args) => {
      const lines: Value[] = []
      return {
        process(each) {
          lines.push(...itemsOf(each.Value).filter((line) => line !== undefined))
        },
        end() {
          const content = lines.map((line) => toText(line) + (on(args.NoNewline) ? '' : '\r\n')).join('')
          for (const path of pathsOf(args, ctx)) {
            if (!ctx.shouldProcess(`Path: ${normalise(path)}`, append ? 'Add Content' : 'Set Content'))
              continue
            writeFile(ctx, path, (append ? (ctx.rt.files.read(path) ?? '') : '') + content, args.Encoding)
          }
        },
      }
    },
    RISKY,
  )

const CONTENT: CommandDefinition[] = [
  writer('Set-Content', false),
  writer('Add-Content', true),
  stateful(
    'Out-File',
    {
      FilePath: { type: 'string', position: 0 },
      LiteralPath: { type: 'string' },
      Encoding: ENCODING,
      Append: flag,
      NoNewline: flag,
      Force: flag,
      NoClobber: flag,
      Width: { type: 'int' },
      InputObject: { pipeline: true },
    },
    (ctx, args) => {
      const lines: Value[] = []
      return {
        process({ InputObject }) {
          if (InputObject !== undefined) lines.push(...itemsOf(InputObject))
        },
        end() {
          const path = text(args.LiteralPath ?? args.FilePath)
          if (on(args.NoClobber) && ctx.rt.files.exists(path))
            return ctx.fail(`The file '${normalise(path)}' already exists.`, {
              exceptionType: 'System.IO.IOException',
            })
          if (!ctx.shouldProcess(normalise(path), 'Output to File')) return
          const content = lines.map((line) => toText(line) + (on(args.NoNewline) ? '' : '\r\n')).join('')
          // Without -Encoding: UTF-16 in Windows PowerShell, UTF-8 in PowerShell 7.
          const encoding = args.Encoding ?? (ctx.rt.version === '5.1' ? 'unicode' : 'utf8')
          writeFile(ctx, path, (on(args.Append) ? (ctx.rt.files.read(path) ?? '') : '') + content, encoding)
        },
      }
    },
    { shouldProcess: true },
  ),
  cmdlet(
    'Get-Content',
    {
      ...PATHS,
      Raw: flag,
      Encoding: ENCODING,
      TotalCount: { type: 'int', aliases: ['First', 'Head'] },
      Tail: { type: 'int', aliases: ['Last'] },
    },
    (args, ctx) => {
      for (const path of pathsOf(args, ctx)) {
        const content = ctx.rt.files.read(path)
        if (content === undefined) notFound(ctx, path)
        else if (on(args.Raw)) ctx.write(content === '' && ctx.rt.version === '5.1' ? null : content)
        else {
          const lines = content.replace(/\r?\n$/, '').split(/\r?\n/)
          const wanted =
            args.Tail !== undefined
              ? lines.slice(-(args.Tail as number))
              : lines.slice(0, (args.TotalCount as number | undefined) ?? lines.length)
          if (content !== '') for (const line of wanted) ctx.write(line)
        }
      }
    },
    MODULE,
  ),
]

const ITEMS: CommandDefinition[] = [
  cmdlet(
    'Test-Path',
    { ...PATHS, PathType: { type: 'string', values: ['Any', 'Container', 'Leaf'] } },
    (args, ctx) => {
      const { files } = ctx.rt
      if (
        [args.Path, args.LiteralPath].some(
          (each) => each !== undefined && itemsOf(each).some((path) => toText(path) === ''),
        )
      )
        return ctx.fail("Cannot bind argument to parameter 'Path' because it is an empty string.")
      const given = args.LiteralPath ?? args.Path
      const paths = pathsOf(args, ctx)
      const type = text(args.PathType).toLowerCase()
      const test = (path: string) =>
        type === 'container'
          ? files.isFolder(path)
          : type === 'leaf'
            ? files.isFile(path)
            : files.exists(path)
      if (args.LiteralPath === undefined && itemsOf(given).some((each) => hasWildcard(toText(each))))
        ctx.write(paths.some(test))
      else for (const path of paths) ctx.write(test(path))
    },
    MODULE,
  ),
  cmdlet(
    'Move-Item',
    { ...PATHS, Destination: { type: 'string', position: 1 }, Force: flag, PassThru: flag },
    (args, ctx) => {
      for (const path of pathsOf(args, ctx)) {
        const { files } = ctx.rt
        let target = text(args.Destination)
        if (!files.exists(path)) return notFound(ctx, path)
        if (files.isFolder(target)) target = `${target}\\${normalise(path).replace(/^.*\\/, '')}`
        if (files.isFile(target) && !on(args.Force))
          return ctx.error('Cannot create a file when that file already exists.', {
            exceptionType: 'System.IO.IOException',
          })
        if (!ctx.shouldProcess(`Item: ${normalise(path)} Destination: ${normalise(target)}`, 'Move File'))
          continue
        files.move(path, target)
      }
    },
    RISKY,
  ),
  cmdlet(
    'Copy-Item',
    { ...PATHS, Destination: { type: 'string', position: 1 }, Force: flag, Recurse: flag },
    (args, ctx) => {
      for (const path of pathsOf(args, ctx)) {
        const file = ctx.rt.files.file(path)
        if (!file) return notFound(ctx, path)
        if (
          ctx.shouldProcess(
            `Item: ${file.path} Destination: ${normalise(text(args.Destination))}`,
            'Copy File',
          )
        )
          writeFile(ctx, text(args.Destination), file.text, file.encoding)
      }
    },
    RISKY,
  ),
  cmdlet(
    'Remove-Item',
    { ...PATHS, Force: flag, Recurse: flag },
    (args, ctx) => {
      for (const path of pathsOf(args, ctx)) {
        if (!ctx.rt.files.exists(path)) notFound(ctx, path)
        else if (ctx.shouldProcess(normalise(path), 'Remove File')) ctx.rt.files.remove(path)
      }
    },
    RISKY,
  ),
  cmdlet(
    'New-Item',
    {
      Path: { type: 'string', position: 0 },
      Name: { type: 'string' },
      ItemType: { type: 'string', values: ['File', 'Directory'], aliases: ['Type'] },
      Value: {},
      Force: flag,
    },
    (args, ctx) => {
      const path = args.Name === undefined ? text(args.Path) : `${text(args.Path)}\\${text(args.Name)}`
      const folder = text(args.ItemType).toLowerCase() === 'directory'
      const { files } = ctx.rt
      if (files.exists(path) && !on(args.Force))
        return ctx.error(`An item with the specified name ${normalise(path)} already exists.`, {
          errorId: 'DirectoryExist',
          exceptionType: 'System.IO.IOException',
        })
      if (!ctx.shouldProcess(`Destination: ${normalise(path)}`, folder ? 'Create Directory' : 'Create File'))
        return
      if (folder) files.makeFolder(path)
      else writeFile(ctx, path, text(args.Value), undefined)
      ctx.write(item(path, folder))
    },
    RISKY,
  ),
  cmdlet(
    'Get-Item',
    PATHS,
    (args, ctx) => {
      for (const path of pathsOf(args, ctx)) {
        if (!ctx.rt.files.exists(path)) notFound(ctx, path)
        else ctx.write(item(path, ctx.rt.files.isFolder(path)))
      }
    },
    MODULE,
  ),
  cmdlet(
    'Join-Path',
    {
      Path: { type: 'string', position: 0, mandatory: true, pipeline: true },
      ChildPath: { type: 'string', position: 1, mandatory: true },
    },
    (args, ctx) =>
      ctx.write(`${text(args.Path).replace(/[\\/]+$/, '')}\\${text(args.ChildPath).replace(/^[\\/]+/, '')}`),
    MODULE,
  ),
  cmdlet(
    'Split-Path',
    {
      Path: { type: 'string', position: 0, mandatory: true, pipeline: true },
      LiteralPath: { type: 'string' },
      Parent: flag,
      Leaf: flag,
      LeafBase: flag,
    },
    (args, ctx) => {
      const path = text(args.Path).replace(/[\\/]+$/, '')
      const leaf = path.replace(/^.*[\\/]/, '')
      ctx.write(
        on(args.Leaf)
          ? leaf
          : on(args.LeafBase)
            ? leaf.replace(/\.[^.]*$/, '')
            : path.slice(0, path.length - leaf.length).replace(/[\\/]+$/, ''),
      )
    },
    MODULE,
  ),
  cmdlet(
    'Resolve-Path',
    PATHS,
    (args, ctx) => {
      for (const path of pathsOf(args, ctx)) {
        if (!ctx.rt.files.exists(path)) notFound(ctx, path)
        else
          ctx.write(
            psObject(
              { Path: normalise(path), ProviderPath: normalise(path) },
              'System.Management.Automation.PathInfo',
            ),
          )
      }
    },
    MODULE,
  ),
  cmdlet(
    'Get-Location',
    {},
    (_, ctx) => {
      const where = psObject(
        { Path: 'C:\\work', ProviderPath: 'C:\\work' },
        'System.Management.Automation.PathInfo',
      )
      where.display = () => 'C:\\work'
      ctx.write(where)
    },
    MODULE,
  ),
]

export const FILE_CMDLETS = [...CONTENT, ...ITEMS]
