import { manyUsers, startTestServer } from '../server/test-server.ts'
import { WITH_TENANTS } from './api-description.ts'
import { assault, told } from './robustness.ts'

/** `npm run fuzz [requests] [seed]`: a long run against a server of its own. */
const requests = Number(process.argv[2] ?? 100_000)
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31)
/** Each with a fresh workspace, so that requests do not slow down with what was taken in. */
const ROUND = 2_000

const counts = new Map<string, number>()
const faults: string[] = []
const users = manyUsers(2).map((user) => ({ ...user, super_admin: true }))
for (let done = 0; done < requests && faults.length < 50; done += ROUND) {
  const { url: baseUrl, close } = await startTestServer(users, WITH_TENANTS)
  const server = { baseUrl, headers: { 'x-api-key': 'key-of-user-1' }, close }
  const plan = { requests: Math.min(ROUND, requests - done), seed: seed + done, width: 8 }
  const outcome = await assault(server, plan)
  for (const [what, number] of outcome.counts) counts.set(what, (counts.get(what) ?? 0) + number)
  faults.push(...outcome.faults)
  await close()
  console.log(`${done + plan.requests} requests, ${faults.length} faults, ${settledMb()} MB`)
}
console.log(`Seed ${seed}:\n${told({ counts, faults })}`)
for (const fault of faults.slice(0, 50)) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1

/** Of the whole process, after its garbage is gone where it can be collected. */
function settledMb(): number {
  globalThis.gc?.()
  return Math.round(process.memoryUsage.rss() / 1024 / 1024)
}
