import { expect, it } from 'vitest'
import { manyUsers, startTestServer } from '../server/test-server.ts'
import { WITH_TENANTS } from './api-description.ts'
import { assault, told } from './robustness.ts'

it('no request makes the server fail', async () => {
  const users = manyUsers(2).map((user) => ({ ...user, super_admin: true }))
  const { url: baseUrl, close } = await startTestServer(users, WITH_TENANTS)
  const headers = { 'x-api-key': 'key-of-user-1' }
  try {
    const plan = { requests: 500, seed: Number(process.env.FUZZ_SEED ?? 20_260_115), width: 4 }
    const outcome = await assault({ baseUrl, headers, close }, plan)
    console.log(`500 hostile requests:\n${told(outcome)}`)
    expect(outcome.faults).toEqual([])
    expect((await fetch(`${baseUrl}/health`)).status).toBe(200)
  } finally {
    await close()
  }
}, 300_000)
