import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkInstallation } from '../../../src/commands/doctor/doctor.ts'
import { loadConfig } from '../../../src/config/config.ts'
import { OPERATOR } from '../../../src/control/authority/actor.ts'
import { type ControlPlane, openControlPlane } from '../../../src/control/control-plane.ts'
import { Sealer } from '../../../src/control/keys/sealer.ts'
import { NOTHING_MEASURED, SEAL_SECRET } from '../../control/plane.ts'
import { tempFolder } from '../../server/temp-folder.ts'

let folder: Awaited<ReturnType<typeof tempFolder>>
let plane: ControlPlane
const at = (...names: string[]) => join(folder.path, ...names)

beforeEach(async () => {
  folder = await tempFolder()
})
afterEach(async () => {
  await plane?.close()
  await folder.remove()
})

const openPlane = async () => {
  plane = await openControlPlane({
    root: at('rag_storage'),
    sealer: new Sealer(SEAL_SECRET),
    files: {
      trash: async () => undefined,
      restore: async () => undefined,
      purge: async () => undefined,
      remains: async () => false,
    },
    superAdmins: [],
    strict: true,
    selfService: false,
    retentionMs: 1000,
    measure: async () => NOTHING_MEASURED,
    onError: () => undefined,
  })
}
const diagnose = async (env: Readonly<Record<string, string>> = {}) => {
  const config = loadConfig({
    WORKING_DIR: at('rag_storage'),
    INPUT_DIR: at('inputs'),
    USERS_FILE: at('users.json'),
    ENABLE_MULTI_TENANTS: 'true',
    ...env,
  })
  const findings = await checkInstallation({ ...config, usersFileRequired: false })
  return findings.map(({ level, text }) => `${level} ${text}`).join('\n')
}

it('the doctor says of a server with tenants that nobody looks after it yet', async () => {
  const text = await diagnose()
  expect(text).toMatch(/bad Nobody can look after the tenants: `operator add NAME`/)
  expect(text).not.toMatch(/Nobody needs a key/)
})

it('the doctor tells who looks after tenants, which there are, and what belongs to none', async () => {
  await openPlane()
  const password = 'a long password'
  await plane.users.create(OPERATOR, { username: 'root', password, super_admin: true })
  await plane.users.create(OPERATOR, { username: 'idle', super_admin: true })
  const { user_id } = await plane.users.create(OPERATOR, { username: 'ann', password })
  await plane.tenants.create(OPERATOR, { name: 'Acme', owner: user_id })
  await plane.tenants.create(OPERATOR, { name: 'Techstart' })
  for (const name of ['acme__default', 'left-over']) {
    await mkdir(at('rag_storage', name), { recursive: true })
    await writeFile(at('rag_storage', name, 'rag.db'), '')
  }
  const text = await diagnose({ LIGHTRAG_SUPER_ADMIN_USERS: 'ann,ghost' })
  expect(text).toMatch(/ok The server is looked after by root, ann\./)
  expect(text).toMatch(/warn idle is an operator without a password/)
  expect(text).toMatch(/note LIGHTRAG_SUPER_ADMIN_USERS names ghost/)
  expect(text).toMatch(/ok 2 tenant\(s\) and 3 user\(s\)/)
  expect(text).toMatch(/note acme: 1 knowledge base\(s\), 1 member\(s\)\./)
  expect(text).toMatch(/warn techstart: .* Nobody owns it/)
  expect(text).toMatch(/warn left-over holds documents, and nobody can reach it/)
  expect(text).not.toMatch(/acme__default holds documents/)
  expect(text).not.toMatch(/^bad/m)
})

it('the doctor counts operators of the users file beside tenants', async () => {
  const user = { username: 'boss', password: 'a plain password', workspace: 'ops' }
  const api_key = 'kmyRt7wq2zXc9vBn4LpQ8sDf'
  await writeFile(
    at('users.json'),
    JSON.stringify({ users: [{ ...user, api_key, super_admin: true }] }),
  )
  const text = await diagnose({ LIGHTRAG_API_KEY: 'aB3dE5gH7jK9mN1pQ3sT5vW7' })
  expect(text).toMatch(/looked after by boss \(users file\)/)
  expect(text).toMatch(/bad LIGHTRAG_API_KEY is set beside users/)
})
