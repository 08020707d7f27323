import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { writeControlFileOnce } from '../../../src/tenancy/control-files/control-folder.ts'
import {
  assertTenancyNeverOn,
  markTenancyOn,
  wasTenancyOn,
} from '../../../src/tenancy/control-files/tenancy-mark.ts'
import { loadTokenSecret } from '../../../src/tenancy/sign-in/token-secret.ts'
import { temporaryFolder } from '../fixtures.ts'

let root: string
beforeEach(async () => {
  root = await temporaryFolder()
})

const refused = expect.objectContaining({ code: 'token_secret_refused' })

describe('control file', () => {
  it('keeps what was written first, and leaves no draft behind', async () => {
    expect(writeControlFileOnce(root, 'name', 'first')).toBe('first')
    expect(writeControlFileOnce(root, 'name', 'second')).toBe('first')
    expect(await readdir(join(root, '_control'))).toEqual(['name'])
  })
})

describe('token secret', () => {
  it('is made at the first start, kept, and readable by its owner only', async () => {
    const secret = loadTokenSecret(root)
    expect(Buffer.byteLength(secret)).toBeGreaterThanOrEqual(32)
    expect(loadTokenSecret(root)).toBe(secret)
    const file = join(root, '_control', 'token_secret')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readdir(join(root, '_control'))).toEqual(['token_secret'])
    expect(loadTokenSecret(await temporaryFolder())).not.toBe(secret)
  })

  it('is the configured one when there is one, and nothing is written then', async () => {
    const configured = 'x'.repeat(32)
    expect(loadTokenSecret(root, configured)).toBe(configured)
    expect(await readdir(root)).toEqual([])
  })

  it.each(['', 'x'.repeat(31), 'lightrag-jwt-default-secret', 'lightrag-jwt-default-secret-key!'])(
    'refuses %j, which is short or printed in a manual',
    (secret) => {
      expect(() => loadTokenSecret(root, secret)).toThrow(refused)
    },
  )

  it('refuses a kept file that was cut short', async () => {
    await mkdir(join(root, '_control'))
    await writeFile(join(root, '_control', 'token_secret'), 'short')
    expect(() => loadTokenSecret(root)).toThrow(refused)
  })
})

describe('tenancy mark', () => {
  it('is remembered once set, and never rewritten', async () => {
    expect(wasTenancyOn(root)).toBe(false)
    expect(() => assertTenancyNeverOn(root)).not.toThrow()
    markTenancyOn(root)
    const first = await readFile(join(root, '_control', 'tenancy_on'), 'utf8')
    await new Promise((resolve) => setTimeout(resolve, 3))
    markTenancyOn(root)
    expect(await readFile(join(root, '_control', 'tenancy_on'), 'utf8')).toBe(first)
    expect(wasTenancyOn(root)).toBe(true)
    expect(() => assertTenancyNeverOn(root)).toThrow(
      expect.objectContaining({ code: 'users_file_missing' }),
    )
  })
})
