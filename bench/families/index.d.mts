import type { Problem } from '../../src/model/problem.js'

export const FAMILIES: string[]
export function generate(
  family: string,
  seed: number,
  index: number,
  options?: Record<string, number | boolean>,
): { problem: Problem; best?: unknown }
