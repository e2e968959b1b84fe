/** Chromium, where it is installed. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = PATHS.find((path) => existsSync(path))

/** What a test that is skipped says. */
export const NO_CHROMIUM = 'Chromium is not installed: apt-get install chromium'

export async function launchChromium(): Promise<Browser | undefined> {
  if (executablePath === undefined) return undefined
  const quiet = ['--disable-gpu', '--disable-background-networking', '--disable-sync', '--no-first-run']
  return chromium.launch({ executablePath, args: ['--no-sandbox', ...quiet] })
}
