import { afterEach, beforeEach, expect, it } from 'vitest'
import type { EngineHosts } from '../../src/hosts/engine-hosts.ts'
import { type TempFolder, tempFolder } from '../server/temp-folder.ts'
import { childrenOf, isAlive } from './hosted-server.ts'
import { startRealHosts } from './real-hosts.ts'

let folder: TempFolder
let hosts: EngineHosts

beforeEach(async () => {
  folder = await tempFolder()
  hosts = startRealHosts(folder.path, 1)
  await hosts.started()
})

afterEach(async () => {
  await hosts.close(1000)
  await folder.remove()
})

/** What runs while a workspace is closed, and does not end before it is let. */
function heldWork(name: string, events: string[]) {
  let end = () => {}
  const promise = new Promise<void>((resolve) => {
    end = resolve
  })
  const work = async () => {
    events.push(`${name} begins`)
    await promise
    events.push(`${name} ends`)
  }
  return { work, end: () => end() }
}

it('keeps a workspace closed for each of two, one after the other, though its host ends meanwhile', async () => {
  const events: string[] = []
  const [first, second] = [heldWork('first', events), heldWork('second', events)]
  const closings = [hosts.evict('place', first.work)]
  await expect.poll(() => events).toEqual(['first begins'])
  closings.push(hosts.evict('place', second.work))
  hosts.ready[0]?.kill()
  await expect.poll(() => hosts.ready).toEqual([])
  const enter = async () => {
    const { leave } = await hosts.enter('place')
    events.push('entered')
    leave()
  }
  const early = enter()
  const isHere = async () => (await hosts.enter('elsewhere')).leave()
  await isHere()
  expect(events).toEqual(['first begins'])
  first.end()
  await closings[0]
  const late = enter()
  await isHere()
  expect(events).toEqual(['first begins', 'first ends', 'second begins'])
  second.end()
  await Promise.all([...closings, early, late])
  expect(events.slice(3)).toEqual(['second ends', 'entered', 'entered'])
})

it('ends also a successor that has not come up when all are closed', async () => {
  const [before] = childrenOf(process.pid)
  hosts.ready[0]?.kill()
  await expect.poll(() => childrenOf(process.pid).filter((pid) => pid !== before)).toHaveLength(1)
  const successors = childrenOf(process.pid)
  expect(hosts.ready).toEqual([])
  await hosts.close(1000)
  await expect.poll(() => successors.filter(isAlive)).toEqual([])
})
