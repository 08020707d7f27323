/** Changes the control plane in every way, one thing after another, until it is killed. */
import { mkdirSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { OPERATOR } from '../../src/control/authority/actor.ts'
import { addTenant, openPlane } from './plane.ts'

const [folder = '', first = '0'] = process.argv.slice(2)
const plane = await openPlane({ retentionMs: 3_600_000 }, folder)
const say = (line: string) => writeSync(1, `${line}\n`)
await plane.start()
say('open')
for (let n = Number(first); ; n += 1) {
  const { tenant, owner } = await addTenant(plane, `t${n}`)
  say(`created ${tenant.slug}`)
  const workspace = join(plane.root, `t${n}__default`)
  mkdirSync(workspace, { recursive: true })
  writeFileSync(join(workspace, 'rag.db'), 'x')
  const { key } = await plane.apiKeys.create(owner, tenant.slug, { name: 'k' })
  say(`key ${key}`)
  await plane.kbs.create(owner, tenant.slug, { name: 'more' })
  say(`kb ${tenant.slug}`)
  const tenantKb = await plane.quotas.tenantKbs.of(`t${n}__default`)
  if (tenantKb === undefined) throw new Error('the workspace has no place')
  await plane.quotas.ledger.reserve(tenantKb, { documents: 7, text: 100 })
  const { settle } = await plane.quotas.ledger.reserve(tenantKb, { documents: 1 })
  await settle({ documents: 1, share: 1 })
  if (n % 2 === 0) continue
  const { job_id } = await plane.deletions.deleteTenant(OPERATOR, tenant.slug, tenant.slug)
  say(`deleted ${tenant.slug}`)
  await plane.deletions.settled(job_id)
  if (n % 4 === 3) {
    await plane.deletions.purgeTenantNow(OPERATOR, tenant.slug)
    say(`purged ${tenant.slug}`)
  }
}
