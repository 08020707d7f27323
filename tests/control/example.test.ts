import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { startManagement } from './management.ts'

const example = (name: string) =>
  fileURLToPath(new URL(`../../docs/examples/${name}`, import.meta.url))

it('docs/examples/complete-setup.sh sets a tenant up', async () => {
  const { server, operator, ask, close } = await startManagement()
  try {
    const { stdout } = await promisify(execFile)('bash', [
      example('complete-setup.sh'),
      server.url,
      operator['x-api-key'] ?? '',
    ])
    const steps = stdout.split(/^== /m).slice(1)
    const said = (begin: string) => {
      const found = steps.find((text) => text.startsWith(begin))
      return found?.slice(found.indexOf('\n') + 1).trimEnd()
    }
    expect(steps).toHaveLength(11)
    expect(JSON.parse(said('cal, the viewer, asks') ?? '').response).toContain('six')
    expect(said('and is refused')).toBe('403')
    expect(JSON.parse(said('ann makes a key') ?? '').response).toContain('six')
    expect(said('removes the editor')).toBe('403')
    const quota = said('and looks at')?.split('\n')[0] ?? ''
    expect(JSON.parse(quota)).toMatchObject({
      quota: { max_documents: 5000, max_concurrent_queries: 5 },
      used: { documents: 1, knowledge_bases: 2 },
    })
    expect(await ask(operator, 'GET', '/api/v1/tenants/acme')).toMatchObject({
      name: 'Acme Corporation',
      config: { top_k: 50, chunk_size: 800 },
    })
  } finally {
    await close()
  }
}, 240_000)

it('docs/examples/local-tenants.sh fills two tenants and asks each, and again', async () => {
  const { server, operator, close } = await startManagement()
  const run = () =>
    promisify(execFile)('bash', [
      example('local-tenants.sh'),
      server.url,
      operator['x-api-key'] ?? '',
    ])
  try {
    const { stdout } = await run()
    expect(stdout.trim().split('\n')).toEqual([
      'acme/manuals: cobalt',
      'acme/contracts: saffron',
      'techstart/manuals: juniper',
      'techstart/contracts: walnut',
      'each place knows its own colour alone',
    ])
    expect((await run()).stdout).toBe(stdout)
  } finally {
    await close()
  }
}, 240_000)
