// Preloaded into a measured process: at its end, writes what it used to the file that VMFERRY_USAGE names.
import { writeFileSync } from 'node:fs'

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  const usage = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMB: (maxRSS * 1024) / 1e6 }
  writeFileSync(process.env.VMFERRY_USAGE, JSON.stringify(usage))
})
