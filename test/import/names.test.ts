import { describe, expect, it } from 'vitest'
import { NodeNames, VmNames } from '../../src/import/names.js'

const origin = { file: 'f', place: '' }
const nodes = (...list: [id: string, ...aliases: string[]][]) =>
  new NodeNames(list.map(([id, ...aliases]) => ({ id, aliases, origin })))

describe('NodeNames', () => {
  const names = nodes(
    ['HV01', 'hv01.corp.example', '10.0.0.1'],
    ['hv02.corp.example'],
    ['HV03'],
    ['a.east.example'],
    ['a.west.example'],
    ['__proto__'],
  )

  it.each([
    ['HV01', 'HV01'],
    ['hv01', 'HV01'],
    ['HV01.CORP.EXAMPLE', 'HV01'],
    ['10.0.0.1', 'HV01'],
    ['hv02', 'hv02.corp.example'],
    ['HV03.any.example', 'HV03'],
    ['a.east.example', 'a.east.example'],
    ['__proto__', '__proto__'],
    [' hv03 ', 'HV03'],
  ])('finds %j', (name, id) => {
    expect(names.find(name)).toEqual({ id })
  })

  it.each([
    ['a', 'may be any of the nodes "a.east.example", "a.west.example"; write the name in full'],
    ['hv01.other.example', 'is none of the nodes; write the name of one of them'],
    ['10.0.0.2', 'is none of the nodes'],
    ['10', 'is none of the nodes'],
    ['HV04', 'is none of the nodes; did you mean "HV01"?'],
    ['', 'is none of the nodes'],
    ['constructor', 'is none of the nodes'],
  ])('finds nothing for %j', (name, fault) => {
    expect(names.find(name).id).toBeUndefined()
    expect(names.find(name).fault).toContain(fault)
  })

  it('takes the exact id of two that differ in case alone, and no other spelling', () => {
    const twins = nodes(['hv1'], ['HV1'])
    expect(twins.find('HV1')).toEqual({ id: 'HV1' })
    expect(twins.find('Hv1').fault).toContain('may be any of')
  })

  it('names a few of many candidates', () => {
    const many = nodes(...Array.from({ length: 9 }, (_, i): [string] => [`n.d${i}`]))
    expect(many.find('n').fault).toContain('"n.d4" and 4 more; write')
  })
})

describe('VmNames', () => {
  it('looks at case only where it has to, and never at domains', () => {
    const vms = new VmNames(['web', 'Web', 'sql.corp'].map((id) => ({ id, node: 'n', origin })))
    expect(vms.find('Web')).toEqual({ id: 'Web' })
    expect(vms.find('SQL.corp')).toEqual({ id: 'sql.corp' })
    expect(vms.find('WEB').fault).toContain('may be any of the VMs "web", "Web"')
    expect(vms.find('sql').fault).toContain('is none of the VMs')
  })
})
