import { describe, expect, it } from 'vitest'
import { dotProducts } from '../../../src/vectors/kernel/dot-products.ts'
import {
  KERNEL_STEP,
  loadVectorKernel,
  ROWS_TOGETHER,
} from '../../../src/vectors/kernel/vector-kernel.ts'
import { dot } from '../../../src/vectors/kernel/vector-values.ts'
import { seeded } from '../../stores/vector-harness.ts'

/** The largest difference between what is computed for all rows at once and for each by itself. */
function worstDifference(length: number, rows: number): number {
  const random = seeded(length + rows)
  const value = () => (random() - 0.5) / Math.sqrt(length)
  const query = Float32Array.from({ length }, value)
  const values = Float32Array.from({ length: rows * length }, value)
  const scores = new Float32Array(rows).fill(9)
  dotProducts(query, values, rows, scores)
  return Math.max(...scores.map((score, row) => Math.abs(score - dot(query, values, row * length))))
}

describe('the dot products of a query', () => {
  it('are those of each row by itself, for lengths that go into the kernel', () => {
    for (const length of [KERNEL_STEP, 48, 384, 3072]) {
      for (const rows of [1, 63, 64, 65, 300]) {
        expect(worstDifference(length, rows), `${rows} of ${length}`).toBeLessThan(1e-6)
      }
    }
  })

  it('are so for lengths that do not', () => {
    for (const length of [1, 4, 20, 100]) {
      expect(worstDifference(length, 70), `${length}`).toBeLessThan(1e-6)
    }
    // Longer than all the memory that the kernel has.
    expect(worstDifference(400_000, 2)).toBeLessThan(1e-6)
  })

  it('leave the scores behind the last row as they are', () => {
    const scores = new Float32Array(3).fill(9)
    const ones = new Float32Array(2 * KERNEL_STEP).fill(1)
    dotProducts(ones.subarray(0, KERNEL_STEP), ones, 2, scores)
    expect([...scores]).toEqual([KERNEL_STEP, KERNEL_STEP, 9])
  })

  it('come from the kernel on this platform', () => {
    const kernel = loadVectorKernel()
    const values = new Float32Array(kernel?.memory ?? new ArrayBuffer(0))
    const rows = ROWS_TOGETHER
    values.fill(2, 0, (1 + rows) * KERNEL_STEP)
    const bytes = 4 * KERNEL_STEP
    kernel?.multiply(0, bytes, rows, bytes, (1 + rows) * bytes)
    const place = (1 + rows) * KERNEL_STEP
    expect([...values.subarray(place, place + rows)]).toEqual(Array(rows).fill(4 * KERNEL_STEP))
  })
})
