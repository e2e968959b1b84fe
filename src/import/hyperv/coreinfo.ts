/** What Sysinternals Coreinfo prints (`Coreinfo.exe -f`): a line for each feature, `*` where the CPU has it. */

const LINE = /^\s*(\S+)\s+([*-])(?:\s|$)/

export interface CoreinfoCpu {
  /** As CPUID says it: `GenuineIntel`, …; undefined where the text does not tell. */
  vendor: string | undefined
  /** `Intel64 Family 6 Model 85 Stepping 7`, where the text has it. */
  signature: string | undefined
  /** In Coreinfo's spelling, those of the host alone among them. */
  features: string[]
}

/** The CPU, or undefined where the text has no line of a feature that is there. */
export function parseCoreinfo(text: string): CoreinfoCpu | undefined {
  const features: string[] = []
  for (const line of text.split(/\r\n|\r|\n/)) {
    const match = line.length <= 400 ? LINE.exec(line) : null
    if (match?.[2] === '*' && /^[A-Za-z\d][\w.-]*$/.test(match[1])) features.push(match[1])
  }
  if (features.length === 0) return undefined
  return {
    vendor: /\b(?:GenuineIntel|AuthenticAMD|HygonGenuine)\b/.exec(text)?.[0],
    signature: /\b(?:Intel64|AMD64) Family \d{1,3} Model \d{1,3} Stepping \d{1,2}\b/.exec(text)?.[0],
    features,
  }
}
