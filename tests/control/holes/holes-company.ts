import { type ControlServer, type Person, startControlServer } from '../control-server.ts'

/** Two tenants on the real server, and who owns them. */
export interface TwoTenants {
  readonly server: ControlServer
  readonly ann: Person
  readonly tom: Person
  /** Ids of ann's and tom's tenant. */
  readonly acme: string
  readonly techstart: string
  insert(who: Person, text: string, headers?: Readonly<Record<string, string>>): Promise<void>
}

export async function startTwoTenants(
  env: Readonly<Record<string, string>> = {},
): Promise<TwoTenants> {
  const server = await startControlServer(env)
  const [ann, tom] = [await server.user('ann'), await server.user('tom')]
  const create = async (who: Person, name: string): Promise<string> =>
    (await who.call('POST', '/api/v1/tenants', { body: { name } })).body.tenant_id
  const [acme, techstart] = [await create(ann, 'acme'), await create(tom, 'techstart')]
  const insert: TwoTenants['insert'] = async (who, text, headers = {}) => {
    const body = { text, file_source: `${text.length}.txt` }
    const { status, text: said } = await who.call('POST', '/documents/text', { body, headers })
    if (status !== 200) throw new Error(`not inserted: ${status} ${said}`)
    for (;;) {
      const counts = await who.call('GET', '/documents/status_counts', { headers })
      const { processed, all } = counts.body.status_counts
      if (processed === all) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  return { server, ann, tom, acme, techstart, insert }
}

export function actorOf({ id }: Person) {
  return { id, userId: id, superAdmin: false }
}
