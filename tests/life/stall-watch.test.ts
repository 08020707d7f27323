import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import { StallWatch } from '../../src/life/stall-watch.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stall-watch-'))
})
afterEach(() => rm(folder, { recursive: true }))

function watched() {
  let started = 0
  const count = () => {
    started += 1
  }
  process.on('worker', count)
  onTestFinished(() => void process.off('worker', count))
  const watch = new StallWatch(join(folder, 'stalled'), (error) => {
    throw error
  })
  return { watch, started: () => started }
}

it('starts no thread only to end it', async () => {
  const { watch, started } = watched()
  await watch.close()
  expect(started()).toBe(0)
})

it('closes as soon as its thread has ended, in whatever state it is', async () => {
  for (const waitMs of [0, 1, 5, 20, 60, 200, 1000]) {
    const { watch, started } = watched()
    watch.tell(['something'])
    await new Promise((resolve) => setTimeout(resolve, waitMs))
    await watch.close()
    await watch.close()
    expect(started()).toBe(1)
  }
})
