import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../../src/errors.js'
import { applyPatch } from '../../src/explain/patch.js'
import type { PatchOperation } from '../../src/model/explanation.js'
import { row } from '../cases.js'

/** From the appendix of RFC 6902, where they use the three operations. */
const CASES: Record<string, [unknown, unknown, PatchOperation[]]> = {
  'adds a member': row({ foo: 'bar' }, { foo: 'bar', baz: 'qux' }, [
    { op: 'add', path: '/baz', value: 'qux' },
  ]),
  'adds an element before the one that is there': row(
    { foo: ['bar', 'baz'] },
    { foo: ['bar', 'qux', 'baz'] },
    [{ op: 'add', path: '/foo/1', value: 'qux' }],
  ),
  'adds at the end': row({ foo: ['bar'] }, { foo: ['bar', ['a']] }, [
    { op: 'add', path: '/foo/-', value: ['a'] },
  ]),
  'adds at the index of the end': row([1], [1, 2], [{ op: 'add', path: '/1', value: 2 }]),
  'replaces by adding': row({ a: 1 }, { a: 2 }, [{ op: 'add', path: '/a', value: 2 }]),
  'removes a member': row({ baz: 'qux', foo: 'bar' }, { foo: 'bar' }, [{ op: 'remove', path: '/baz' }]),
  'removes an element': row({ foo: [1, 2, 3] }, { foo: [1, 3] }, [{ op: 'remove', path: '/foo/1' }]),
  'replaces a value': row({ a: { b: [1, 2] } }, { a: { b: [1, 3] } }, [
    { op: 'replace', path: '/a/b/1', value: 3 },
  ]),
  'replaces the document': row({ a: 1 }, 2, [{ op: 'replace', path: '', value: 2 }]),
  'reads escapes': row({ '/': 9, '~1': 10 }, { '/': 9, '~1': 11 }, [
    { op: 'replace', path: '/~01', value: 11 },
  ]),
  'reads a slash': row({ 'a/b': 1 }, {}, [{ op: 'remove', path: '/a~1b' }]),
  'goes through in order': row({ a: [1, 2] }, { a: [5] }, [
    { op: 'remove', path: '/a/0' },
    { op: 'replace', path: '/a/0', value: 5 },
  ]),
}

describe('a patch', () => {
  it.each(Object.entries(CASES))('%s', (_, [document, expected, patch]) => {
    const before = structuredClone(document)
    expect(applyPatch(document, patch)).toEqual(expected)
    expect(document).toEqual(before)
  })

  it('shares what it does not change', () => {
    const document = { a: { x: 1 }, b: { y: 2 } }
    const after = applyPatch(document, [{ op: 'add', path: '/a/x', value: 3 }])
    expect(after.b).toBe(document.b)
    expect(after.a).not.toBe(document.a)
  })

  it('sets __proto__ as data', () => {
    const after = applyPatch({}, [{ op: 'add', path: '/__proto__', value: { bad: 1 } }])
    expect(Object.hasOwn(after, '__proto__')).toBe(true)
    expect((after as { bad?: number }).bad).toBeUndefined()
  })

  it.each<[string, unknown, unknown]>([
    ['an unknown operation', {}, { op: 'move', path: '/a' }],
    ['a missing member', {}, { op: 'remove', path: '/a' }],
    ['a member to replace that is missing', {}, { op: 'replace', path: '/a', value: 1 }],
    ['an element behind the end', { a: [1] }, { op: 'remove', path: '/a/1' }],
    ['an index with a leading zero', { a: [1, 2] }, { op: 'remove', path: '/a/01' }],
    ['an element "-" to remove', { a: [1] }, { op: 'remove', path: '/a/-' }],
    ['a path through a number', { a: 1 }, { op: 'add', path: '/a/b', value: 1 }],
    ['a path without a slash', { a: 1 }, { op: 'remove', path: 'a' }],
    ['an inherited member', {}, { op: 'remove', path: '/toString' }],
    ['the whole document to remove', {}, { op: 'remove', path: '' }],
  ])('refuses %s', (_, document, operation) => {
    expect(() => applyPatch(document, [operation as PatchOperation])).toThrow(InvalidOptionError)
  })
})
