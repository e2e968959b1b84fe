import { describe } from 'vitest'
import { auditAllKinds } from './flavours.js'

describe('tiny timelines against the exact reference', () => {
  auditAllKinds('timeline')
})
