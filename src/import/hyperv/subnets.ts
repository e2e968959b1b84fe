/** IP addresses and subnets, both versions. */

export interface Subnet {
  /** The address's bits as a number, cut to the prefix. */
  bits: bigint
  /** Bits that count. */
  prefix: number
  /** 32 or 128. */
  width: 32 | 128
}

export interface Address {
  bits: bigint
  /** 32 or 128. */
  width: 32 | 128
}

/** Undefined for what is no address. A zone (`%12`) does not count. */
export function parseAddress(text: string): Address | undefined {
  const bare = text.trim().replace(/%[\w.-]*$/, '')
  if (bare.length > 45) return undefined
  const v4 = parseV4(bare)
  if (v4 !== undefined) return { bits: v4, width: 32 }
  if (!/^[\da-f:]+(?::\d+\.\d+\.\d+\.\d+)?$/i.test(bare) || !bare.includes(':')) return undefined
  const bits = parseV6(bare)
  return bits === undefined ? undefined : { bits, width: 128 }
}

function parseV4(text: string): bigint | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number)
  if (parts === undefined || parts.some((part) => part > 255)) return undefined
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n)
}

function parseV6(text: string): bigint | undefined {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const v4 = tail === null ? undefined : parseV4(tail[2])
  if (tail !== null && v4 === undefined) return undefined
  const whole =
    v4 === undefined ? text : `${tail![1]}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`
  const halves = whole.split('::')
  if (halves.length > 2) return undefined
  const [head, rest] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - (rest?.length ?? 0)
  if (rest === undefined ? missing !== 0 : missing < 0) return undefined
  const groups = [...head, ...Array<string>(rest === undefined ? 0 : missing).fill('0'), ...(rest ?? [])]
  if (groups.some((group) => !/^[\da-f]{1,4}$/i.test(group))) return undefined
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(Number.parseInt(group, 16)), 0n)
}

/** @param length bits of the prefix, or a mask such as `255.255.255.0` */
export function parseSubnet(address: string, length: string | number): Subnet | undefined {
  const parsed = parseAddress(address)
  if (parsed === undefined) return undefined
  const prefix = prefixOf(String(length))
  if (prefix === undefined || prefix > parsed.width) return undefined
  return { bits: cut(parsed.bits, prefix, parsed.width), prefix, width: parsed.width }
}

/** `10.0.1.0/24`, as migration networks are written; a lone address is a subnet of one. */
export function parseCidr(text: string): Subnet | undefined {
  const [address, length] = text.split('/')
  const parsed = parseAddress(address)
  return parsed === undefined ? undefined : parseSubnet(address, length ?? parsed.width)
}

function prefixOf(text: string): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text)
  const mask = parseV4(text)
  if (mask === undefined) return undefined
  const bits = mask.toString(2).padStart(32, '0')
  return /^1*0*$/.test(bits) ? bits.replace(/0/g, '').length : undefined
}

const cut = (bits: bigint, prefix: number, width: number): bigint => bits >> BigInt(width - prefix)

export function contains(subnet: Subnet, { bits, width }: Address): boolean {
  return width === subnet.width && cut(bits, subnet.prefix, width) === subnet.bits
}

/** Loopback and link-local addresses, over which nothing migrates. */
export function isLocal(address: string): boolean {
  return /^(?:127\.|169\.254\.|::1$|fe[89ab][\da-f]:)/i.test(address.trim())
}
