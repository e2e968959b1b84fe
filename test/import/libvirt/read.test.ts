import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ImportError } from '../../../src/import/failure.js'
import type { InputFile } from '../../../src/import/inventory.js'
import { readLibvirt } from '../../../src/import/libvirt/read.js'
import { readXmlTrees } from '../../../src/import/xml/tree.js'
import { importProblem } from '../../../src/on-demand.js'
import { BROADWELL_FLAGS, CASCADE_FLAGS, faultsOf, reportOf, textFile } from '../inputs.js'

interface Host {
  model?: string
  features?: string[]
  stepping?: number
}

const capabilities = ({
  model = 'Cascadelake-Server-noTSX',
  features = ['ibrs-all', 'vmx'],
  stepping = 7,
}: Host = {}) => `<capabilities>
  <host>
    <uuid>3c2ccdec-4995-11ea-9f1a-0a94efa937a9</uuid>
    <cpu>
      <arch>x86_64</arch>
      <model>${model}</model>
      <vendor>Intel</vendor>
      <microcode version='83899138'/>
      <signature family='6' model='85' stepping='${stepping}'/>
      <topology sockets='1' dies='1' cores='4' threads='2'/>
      ${features.map((name) => `<feature name='${name}'/>`).join('')}
      <pages unit='KiB' size='4'/>
    </cpu>
    <topology><cells num='2'>
      <cell id='0'><memory unit='KiB'>395965260</memory><cpus num='1'><cpu id='0'/></cpus></cell>
      <cell id='1'><memory unit='KiB'>396317796</memory><cpus num='3'/></cell>
    </cells></topology>
  </host>
  <guest><os_type>hvm</os_type></guest>
</capabilities>
`
const domainCapabilities = (model: string, adds: string[] = [], drops: string[] = []) => `<domainCapabilities>
  <path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain>
  <cpu>
    <mode name='host-passthrough' supported='yes'/>
    <mode name='host-model' supported='yes'>
      <model fallback='forbid'>${model}</model><vendor>Intel</vendor>
      ${adds.map((name) => `<feature policy='require' name='${name}'/>`).join('')}
      ${drops.map((name) => `<feature policy='disable' name='${name}'/>`).join('')}
    </mode>
    <mode name='custom' supported='yes'><model usable='yes'>kvm64</model></mode>
  </cpu>
</domainCapabilities>
`
interface Dom {
  id?: number
  uuid?: string
  type?: string
  memory?: string
  cpu?: string
  devices?: string
  vcpu?: string
}
const domain = (
  name: string,
  {
    id,
    uuid = `uuid-of-${name}`,
    type = 'kvm',
    memory = "<memory unit='KiB'>8388608</memory>",
    cpu = "<cpu mode='host-passthrough' check='none'/>",
    devices = '',
    vcpu = '',
  }: Dom = {},
) =>
  `<domain type='${type}'${id === undefined ? '' : ` id='${id}'`}>
  <name>${name}</name>
  <uuid>${uuid}</uuid>
  ${memory}${vcpu}
  <os><type arch='x86_64' machine='pc-q35-8.2'>hvm</type></os>
  ${cpu}
  <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>${devices}</devices>
</domain>

`
const read = async (...files: InputFile[]) => readLibvirt(files)
const plain = ({ vms }: Awaited<ReturnType<typeof read>>) => vms.map(({ origin, ...vm }) => vm)

describe('libvirt', () => {
  it('reads hosts and domains from one file a host', async () => {
    const inventory = await read(
      textFile(
        'hv1.xml',
        capabilities() +
          domainCapabilities('Cascadelake-Server-noTSX', ['umip'], ['clwb']) +
          domain('web-01', { id: 3, vcpu: "<vcpu placement='static' current='2'>8</vcpu>" }) +
          domain('web-02', { vcpu: '<vcpu>8</vcpu>' }),
      ),
      textFile(
        'in/hv2.xml',
        `<?xml version='1.0' encoding='UTF-8'?>\n${capabilities({ features: ['umip'] })}${domainCapabilities('Cascadelake-Server')}`,
      ),
    )
    expect(faultsOf(inventory)).toEqual([])
    expect(inventory.nodes.map(({ id, memoryMiB, cores, state }) => [id, memoryMiB, cores, state])).toEqual([
      ['hv1', 773713, 4, 'up'],
      ['hv2', 773713, 4, 'up'],
    ])
    expect(inventory.nodes[0].cpu).toMatchObject({ vendor: 'Intel', texts: ['Cascadelake-Server-noTSX'] })
    expect(inventory.nodes[0].cpu?.features).toEqual(expect.arrayContaining(['umip', 'avx512f', 'avx2']))
    expect(inventory.nodes[0].cpu?.features).not.toContain('clwb')
    expect(inventory.nodes[0].cpu?.features).not.toContain('rtm')
    expect(inventory.nodes[1].cpu?.features).toContain('rtm')
    expect(plain(inventory)).toEqual([
      { id: 'web-01', node: 'hv1', memoryMiB: 8192, vcpus: 2, state: 'running' },
      { id: 'web-02', node: 'hv1', memoryMiB: 8192, vcpus: 8, state: 'off' },
    ])
    expect(inventory.vms[0].origin).toEqual({ file: 'hv1.xml', place: 'line 33, <domain>' })
    expect(reportOf(inventory)).toContain('domains that do not run are taken as off')
  })

  it('compares hosts by what all of them have: domain capabilities, or else capabilities', async () => {
    const hv1 = textFile('hv1.xml', capabilities() + domainCapabilities('Cascadelake-Server-noTSX', ['umip']))
    const hv2 = textFile('hv2.xml', capabilities())
    const { nodes, issues } = await read(hv1, hv2)
    expect(issues).toEqual([])
    expect(nodes[0].cpu?.features).toEqual(nodes[1].cpu?.features)
    expect(reportOf(await read(hv1, hv2))).toContain(
      'hv1 and hv2: CPU features of model Cascadelake-Server-noTSX',
    )
    expect(nodes[0].cpu).toMatchObject({ vendor: 'Intel', texts: ['6-85-7', 'Cascadelake-Server-noTSX'] })
    expect(nodes[0].cpu?.features).not.toContain('rtm')
    const lscpu = textFile('hv2.lscpu', `Vendor ID: GenuineIntel\nFlags: ${CASCADE_FLAGS}\n`)
    expect((await read(hv1, hv2, lscpu)).nodes[0].cpu?.features).toContain('umip')
  })

  it('gives what a CPU may be looked up by where the table has no such model', async () => {
    const { nodes } = await read(textFile('hv1.xml', capabilities({ model: 'Some-New-Model' })))
    expect(nodes[0].cpu).toMatchObject({ vendor: 'Intel', texts: ['6-85-7', 'Some-New-Model'] })
    expect(nodes[0].cpu?.features).toBeUndefined()
  })

  it('finds the host in the names of files and folders', async () => {
    const inventory = await read(
      textFile('hv1.capabilities.xml', capabilities()),
      textFile('hv1.domains.xml', `<domains>${domain('a')}${domain('b')}</domains>`),
      textFile('in/hv2/capabilities.xml', capabilities()),
      textFile('in/hv2/web-01.xml', domain('c')),
      textFile('in\\hv3\\lscpu.txt', `Vendor ID: GenuineIntel\nFlags: ${CASCADE_FLAGS}\n`),
      textFile('hv3-domcapabilities.xml', domainCapabilities('Cascadelake-Server')),
    )
    expect(faultsOf(inventory)).toEqual([])
    expect(plain(inventory).map(({ id, node }) => [id, node])).toEqual([
      ['a', 'hv1'],
      ['b', 'hv1'],
      ['c', 'hv2'],
    ])
    expect(inventory.nodes.map(({ id }) => id)).toEqual(['hv1', 'hv2', 'hv3'])
    expect(inventory.nodes[2].cpu?.features).toContain('avx512_vnni')
  })

  it.each([
    ['<memory>8388608</memory>', 8192],
    ["<memory unit='k'>8388608</memory>", 8192],
    ["<memory unit='bytes'>8589934592</memory>", 8192],
    ["<memory unit='MB'>1048576</memory>", 1e6],
    ["<memory unit='MiB'>8192</memory>", 8192],
    ["<memory unit='G'>8</memory>", 8192],
    ["<memory unit='TiB'>1</memory>", 1048576],
    ["<memory unit='GiB'>8</memory><currentMemory unit='GiB'>4</currentMemory>", 4096],
  ])('reads %s of a running domain as %d MiB', async (memory, mib) => {
    const inventory = await read(textFile('hv1.xml', capabilities() + domain('a', { id: 1, memory })))
    expect(faultsOf(inventory)).toEqual([])
    expect(inventory.vms[0].memoryMiB).toBe(mib)
  })

  it('gives a domain that does not run all of its memory', async () => {
    const memory = "<memory unit='GiB'>8</memory><currentMemory unit='GiB'>4</currentMemory>"
    expect((await read(textFile('hv1.xml', capabilities() + domain('a', { memory })))).vms[0].memoryMiB).toBe(
      8192,
    )
  })

  it('lets a domain go where its CPU model lets it', async () => {
    const custom = (model: string, features = '') =>
      `<cpu mode='custom' match='exact' check='full'><model fallback='forbid'>${model}</model>${features}</cpu>`
    const inventory = await read(
      textFile('old.lscpu', `Vendor ID: GenuineIntel\nFlags: ${BROADWELL_FLAGS}\n`),
      textFile('old.capabilities.xml', capabilities()),
      textFile(
        'new.xml',
        [
          capabilities({ features: [...CASCADE_FLAGS.split(' ')] }),
          domain('small', { id: 1, cpu: custom('Broadwell-noTSX-IBRS') }),
          domain('large', { id: 2, cpu: custom('Cascadelake-Server-noTSX') }),
          domain('cut', {
            id: 3,
            cpu: custom(
              'Cascadelake-Server-noTSX',
              'avx512f avx512dq avx512bw avx512cd avx512vl avx512vnni clflushopt clwb pku xsavec xgetbv1 xsaves'
                .split(' ')
                .map((name) => `<feature policy='disable' name='${name}'/>`)
                .join(''),
            ),
          }),
          domain('none', { id: 4, cpu: '' }),
          domain('topology', { id: 5, cpu: "<cpu><topology sockets='1' cores='2' threads='1'/></cpu>" }),
          domain('all', { id: 6, cpu: "<cpu mode='maximum'/>" }),
          domain('odd', { id: 7, cpu: custom('Conroe') }),
          domain('picky', { id: 8, cpu: custom('kvm64', "<feature policy='forbid' name='rtm'/>") }),
          domain('gpu', { id: 9, devices: "<hostdev mode='subsystem' type='pci' managed='yes'/>" }),
        ].join(''),
      ),
    )
    expect(faultsOf(inventory)).toEqual([])
    expect(
      inventory.vms.map(({ id, compatibility, allowedNodes }) => [id, compatibility, allowedNodes]),
    ).toEqual([
      ['small', 'cluster', undefined],
      ['large', 'cluster', ['new']],
      ['cut', 'cluster', undefined],
      ['none', 'cluster', undefined],
      ['topology', 'cluster', undefined],
      ['all', undefined, undefined],
      ['odd', 'off', undefined],
      ['picky', 'cluster', undefined],
      ['gpu', undefined, ['new']],
    ])
    const report = reportOf(inventory)
    expect(report).toContain('CPU model "Conroe" is not in the built-in table')
    expect(report).toContain('picky must not run where the CPU has "rtm"')
    expect(report).toContain(
      'VMs that have a device of their host passed through stay where they are: gpu (hostdev pci)',
    )
  })

  it('leaves out definitions that a migration left behind, and containers; tells names apart', async () => {
    const inventory = await read(
      textFile(
        'hv1.xml',
        capabilities() +
          domain('moved', { uuid: 'u' }) +
          domain('same', { uuid: 'a' }) +
          domain('box', { type: 'lxc' }),
      ),
      textFile(
        'hv2.xml',
        capabilities() + domain('moved', { uuid: 'u', id: 1 }) + domain('same', { uuid: 'b' }),
      ),
    )
    expect(faultsOf(inventory)).toEqual([])
    expect(inventory.vms.map(({ id, node }) => [id, node])).toEqual([
      ['same (hv1)', 'hv1'],
      ['moved', 'hv2'],
      ['same (hv2)', 'hv2'],
    ])
    expect(reportOf(inventory)).toContain(
      'left out definitions of domains that run on another host: moved on hv1',
    )
    expect(reportOf(inventory)).toContain(
      'left out containers (type lxc), which cannot move while they run: box',
    )
    expect(reportOf(inventory)).toContain('2 domains are named "same"')
  })

  it('reads the state of domains from where libvirt keeps it', async () => {
    const files = textFile(
      'hv1.domains.xml',
      `<domstatus state='paused' reason='user' pid='1'>${domain('a')}</domstatus>`,
    )
    expect((await read(files)).vms[0].state).toBe('running')
  })

  it.each<[string, InputFile[], string]>([
    ['a file of no host', [textFile('web.xml', domain('a'))], 'web.xml: nothing says of which host this is'],
    [
      'another element',
      [textFile('hv1.domains.xml', '<network/>')],
      'hv1.domains.xml: line 1, <network>: "<network>" is none of the elements',
    ],
    [
      'capabilities twice',
      [textFile('hv1.xml', capabilities()), textFile('a/hv1.xml', capabilities())],
      'a/hv1.xml: tells the capabilities of host "hv1" a second time',
    ],
    [
      'an unknown unit',
      [textFile('hv1.xml', capabilities() + domain('a', { memory: "<memory unit='pages'>8</memory>" }))],
      'hv1.xml: line 24, <memory>: unit "pages" is not KiB',
    ],
    [
      'a memory that is none',
      [textFile('hv1.xml', capabilities() + domain('a', { memory: '<memory>lots</memory>' }))],
      'line 24, <memory>: "lots" KiB is no amount of memory',
    ],
    ['no memory', [textFile('hv1.xml', capabilities() + domain('a', { memory: '' }))], '"a" has no <memory>'],
    ['no name', [textFile('hv1.xml', capabilities() + domain(''))], 'a domain without <name>'],
    [
      'another architecture',
      [textFile('hv1.xml', capabilities().replace('x86_64', 'aarch64'))],
      'host "hv1" is of architecture "aarch64"',
    ],
    [
      'broken XML',
      [textFile('hv1.xml', `${capabilities()}<domain>`)],
      'hv1.xml: line 21: not well-formed XML: unclosed tag: domain',
    ],
    [
      'a document type',
      [textFile('hv1.xml', `<!DOCTYPE d [<!ENTITY a "b">]>\n${domain('a')}`)],
      'hv1.xml: line 1: a document type',
    ],
    ['no XML', [textFile('hv1.xml', 'hello')], 'neither XML of virsh'],
    [
      'text between',
      [textFile('hv1.xml', `${capabilities()}error: no such domain\n${domain('a')}`)],
      'text outside of the elements: "error: no such domain"',
    ],
    ['text before', [textFile('hv1.xml', `error: no such domain\n${domain('a')}`)], 'neither XML of virsh'],
  ])('refuses %s', async (_, files, message) => {
    expect(faultsOf(await read(...files)).join('\n')).toContain(message)
  })

  it('makes a problem', async () => {
    const files = [
      textFile('hv1.xml', capabilities() + domain('a', { id: 1 })),
      textFile('hv2.xml', capabilities()),
    ]
    const { problem } = await importProblem('libvirt', files, { drain: ['hv1'] })
    expect(problem.nodes.map(({ id }) => id)).toEqual(['hv1', 'hv2'])
    expect(problem.vms).toMatchObject([{ id: 'a', node: 'hv1', memoryMiB: 8192 }])
  })
})

describe('XML', () => {
  it('of any kind gives trees or an ImportError, and neither hangs nor overflows', async () => {
    const tags = [
      '<domain>',
      '</domain>',
      '<a x="1">',
      '</a>',
      '<b/>',
      '<![CDATA[x]]>',
      '<!-- c -->',
      '<?p i?>',
    ]
    const odd = ['text', '&amp;', '&lol;', '<?xml version="1.0"?>', '<!DOCTYPE a>', '\0', '<', '"', '\ud800']
    const piece = fc.constantFrom(...tags, ...odd)
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.array(piece, { maxLength: 20 }).map((parts) => parts.join('')),
          fc.string(),
        ),
        async (text) => {
          try {
            expect((await readXmlTrees('x', text)).length).toBeGreaterThan(0)
          } catch (error) {
            expect(error).toBeInstanceOf(ImportError)
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it('nests no deeper than 100 elements', async () => {
    await expect(readXmlTrees('x', '<a>'.repeat(1e6))).rejects.toThrow(
      'x: line 1: elements nest more than 100 deep',
    )
    await expect(readXmlTrees('x', '<a>'.repeat(100) + '</a>'.repeat(100))).resolves.toHaveLength(1)
  })
})
