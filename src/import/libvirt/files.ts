/** Sorts libvirt's XML, and lscpu, by host. The XML does not name the host: the files do. */
import { quote } from '../../model/issues.js'
import { readCpuFile } from '../cpu-file.js'
import { importFault } from '../failure.js'
import { hostOfFile, stemOf } from '../host-file.js'
import type { ImportIssue, InputFile } from '../inventory.js'
import { decodeInput } from '../text.js'
import { readXmlTrees, type XmlElement } from '../xml/tree.js'
import type { HostFiles } from './host.js'

const KINDS = ['domcapabilities', 'capabilities', 'domains', 'lscpu', 'cpuinfo']

export class HostSorter {
  readonly #hosts = new Map<string, HostFiles>()
  readonly #issues: ImportIssue[]

  constructor(issues: ImportIssue[]) {
    this.#issues = issues
  }

  get hosts(): readonly HostFiles[] {
    return [...this.#hosts.values()]
  }

  /** @throws ImportError */
  async add(input: InputFile): Promise<void> {
    const { name: file } = input
    const text = decodeInput(input)
    const cpu = readCpuFile(file, text)
    if (cpu !== undefined) {
      const host = this.#host(file, true)
      if (host.lscpu === undefined) host.lscpu = cpu
      else this.#twice(file, host, 'the CPU')
      return
    }
    if (
      !text
        .replace(/^\uFEFF/, '')
        .trimStart()
        .startsWith('<')
    ) {
      throw importFault(
        file,
        'neither XML of virsh (capabilities, domcapabilities, dumpxml) nor the output of lscpu',
      )
    }
    const roots = await readXmlTrees(file, text)
    const host = this.#host(
      file,
      roots.some(({ name }) => name === 'capabilities' || name === 'domainCapabilities'),
    )
    for (const root of roots) this.#addRoot(file, host, root)
  }

  #addRoot(file: string, host: HostFiles, root: XmlElement): void {
    switch (root.name) {
      case 'capabilities':
        if (host.capabilities === undefined) host.capabilities = root
        else this.#twice(file, host, 'the capabilities')
        return
      case 'domainCapabilities':
        if (host.domainCapabilities === undefined) host.domainCapabilities = root
        else this.#twice(file, host, 'the domain capabilities')
        return
      case 'domain':
        host.domains.push({ element: root, status: undefined })
        return
      case 'domstatus':
      case 'domains':
        for (const element of root.all('domain'))
          host.domains.push({ element, status: root.attribute('state') })
        return
      default:
        this.#issues.push({
          origin: root.origin,
          message: `${quote(`<${root.name}>`)} is none of the elements that vmferry reads: capabilities, domainCapabilities, domain`,
        })
    }
  }

  #twice(file: string, host: HostFiles, what: string): void {
    const message = `tells ${what} of host ${quote(host.name)} a second time; a file's name begins with its host, as in hv1.xml or hv1.domains.xml`
    this.#issues.push({ origin: { file, place: '' }, message })
  }

  /**
   * `hv1.domains.xml` and `hv1/domains.xml` are of hv1; a file that describes a host is of the host that it is named after, and one
   * that holds domains alone of that of its folder.
   * @throws ImportError where nothing names a host
   */
  #host(file: string, describesHost: boolean): HostFiles {
    const stem = stemOf(file)
    const kind = KINDS.some((each) => stem.toLowerCase().endsWith(each))
    const name = kind || !describesHost ? hostOfFile(file, KINDS) : stem
    if (name === undefined || name === '') {
      throw importFault(
        file,
        'nothing says of which host this is; name the file HOST.xml where it holds the capabilities too, HOST.domains.xml where it holds domains, or put it into a folder HOST',
      )
    }
    const known = this.#hosts.get(name)
    if (known !== undefined) return known
    const host: HostFiles = { name, origin: { file, place: '' }, domains: [] }
    this.#hosts.set(name, host)
    return host
  }
}
