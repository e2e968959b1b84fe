import { describe } from 'vitest'
import { auditAllKinds } from './flavours.js'

describe('tiny schedules of rounds against the exact reference', () => {
  auditAllKinds('rounds')
})
