import { hash } from 'bcryptjs'
import { OPERATOR } from '../../src/control/authority/actor.ts'
import { openPlane, type TestPlane } from '../control/plane.ts'

const FEW = 100
const MANY = 20_000
const KBS = 3
const MEMBERS = 10
const ROUNDS = 200
/** Each takes a fifth of a second. */
const SIGN_INS = 15
const PASSWORD = 'correct horse battery'
const WANTED = 1.5

type Work = (plane: TestPlane, round: number) => Promise<unknown>

/** What a caller waits for; each user belongs to as many tenants, however many there are. */
const WORKS: Readonly<Record<string, Work>> = {
  'find a user, not remembered': (plane, round) => {
    plane.directory.accessChanged([`user:usr_${round % FEW}`])
    return Promise.resolve(plane.directory.findByUsername(`user-${round % FEW}`))
  },
  'find a user, remembered': async (plane) => plane.directory.findByUsername('user-1'),
  'find a key, not remembered': (plane, round) => {
    plane.directory.accessChanged([`key:key_${round}`])
    return plane.directory.findByApiKey('no such key')
  },
  'list the tenants of a user': (plane, round) =>
    plane.tenants.list(userOf(round), { page_size: 10 }),
  'list all tenants, as an operator': (plane) => plane.tenants.list(OPERATOR, { page_size: 10 }),
  'list members': (plane, round) => plane.members.list(OPERATOR, `tenant-${round % FEW}`, {}),
  'authorise and read a knowledge base': (plane, round) =>
    plane.kbs.get(userOf(round), `tenant-${round % FEW}`, 'kb-1'),
  'find the place of a workspace': (plane, round) =>
    plane.quotas.tenantKbs.of(`tenant-${round % FEW}__kb-1`),
}

/** What 20 000 tenants cost, against 100 of the same shape. */
export async function benchControl(): Promise<void> {
  const [few, many] = [await filled(FEW), await filled(MANY)]
  try {
    report('open the database', await medianOfOpening(few), await medianOfOpening(many))
    for (const [name, work] of Object.entries(WORKS)) {
      const [small, large]: [number[], number[]] = [[], []]
      for (let round = 0; round < ROUNDS; round += 1) {
        small.push(await timed(() => work(few, round)))
        large.push(await timed(() => work(many, round)))
      }
      report(name, median(small), median(large))
    }
    await benchSignIn(few, many)
  } finally {
    await few.remove()
    await many.remove()
  }
}

/** The comparison runs in a thread: what the whole process worked is what a sign-in costs. */
async function benchSignIn(few: TestPlane, many: TestPlane): Promise<void> {
  const [small, large]: [number[], number[]] = [[], []]
  for (let round = 0; round < SIGN_INS; round += 1) {
    small.push(await workedFor(() => signIn(few, round)))
    large.push(await workedFor(() => signIn(many, round)))
  }
  report('sign in with a password, processor time', median(small), median(large))
}

async function signIn(plane: TestPlane, round: number): Promise<void> {
  plane.directory.accessChanged([`user:usr_${round}`])
  const account = await plane.directory.verifyPassword(`user-${round}`, PASSWORD)
  if (account === undefined) throw new Error('nobody signed in')
}

async function filled(tenants: number): Promise<TestPlane> {
  const plane = await openPlane()
  const began = performance.now()
  const passwordHash = await hash(PASSWORD, 12)
  await plane.core.mutate(async ({ tx, at }) => {
    const rows = { created_by: 'usr_0', created_at: at, updated_at: at }
    const plain = { description: '', metadata: '{}', config: '{}', version: 1, ...rows }
    for (let n = 0; n < tenants; n += 1) {
      await tx
        .insertInto('users')
        .values({
          user_id: `usr_${n}`,
          username: `user-${n}`,
          username_key: `user-${n}`,
          email: null,
          email_key: null,
          password_hash: n < SIGN_INS ? passwordHash : null,
          token_version: 1,
          super_admin: 0,
          disabled: 0,
          created_at: at,
          updated_at: at,
        })
        .execute()
      await tx
        .insertInto('tenants')
        .values({
          ...plain,
          tenant_id: `tnt_${n}`,
          slug: `tenant-${n}`,
          name: `Tenant ${n}`,
          status: 'active',
          status_reason: null,
          quota: '{}',
          credit: null,
        })
        .execute()
      await tx
        .insertInto('kbs')
        .values(
          Array.from({ length: KBS }, (_, k) => ({
            ...plain,
            kb_id: `kb_${n}_${k}`,
            tenant_id: `tnt_${n}`,
            slug: `kb-${k}`,
            name: `KB ${k}`,
            workspace: `tenant-${n}__kb-${k}`,
            workspace_key: `tenant-${n}__kb-${k}`,
            status: 'active' as const,
            is_default: k === 0 ? (1 as const) : (0 as const),
          })),
        )
        .execute()
    }
    for (let n = 0; n < tenants; n += 1) {
      await tx
        .insertInto('memberships')
        .values(
          Array.from({ length: MEMBERS }, (_, m) => ({
            tenant_id: `tnt_${n}`,
            user_id: `usr_${(n + m) % tenants}`,
            role: m === 0 ? 'owner' : 'editor',
            kb_ids: null,
            created_by: 'usr_0',
            created_at: at,
          })),
        )
        .execute()
    }
    await tx.updateTable('counters').set({ value: tenants }).execute()
  })
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(
    `${tenants} tenants, ${tenants * KBS} KBs, ${tenants * MEMBERS} memberships (${seconds} s)`,
  )
  return plane
}

async function medianOfOpening(plane: TestPlane): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 9; round += 1) {
    times.push(
      await timed(async () => {
        const again = await openPlane({ root: plane.root }, `${plane.root}/..`)
        await again.start()
        await again.close()
      }),
    )
  }
  return median(times)
}

function userOf(round: number) {
  const id = `usr_${round % FEW}`
  return { id, userId: id, superAdmin: false }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** In milliseconds of the processor, threads included. */
async function workedFor(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function median(times: number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0
}

function report(what: string, few: number, many: number): void {
  const ratio = (many / few).toFixed(2)
  const us = (ms: number) => `${(ms * 1000).toFixed(0)} µs`
  console.log(`${what}: ${us(few)} → ${us(many)}, ratio ${ratio} (at most ${WANTED} wanted)`)
}
