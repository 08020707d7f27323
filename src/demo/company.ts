import { readdir, readFile } from 'node:fs/promises'
import { readDemoUser } from './demo-users.ts'
import { RagClient } from './rag-client.ts'

const TEXTS = new URL('./texts/', import.meta.url)

/** One of the two demo companies: its documents by file name and its access to the server. */
export interface Company {
  readonly name: string
  readonly key: string
  readonly workspace: string
  readonly texts: ReadonlyMap<string, string>
  readonly client: RagClient
}

export async function openCompany(name: string, url: string): Promise<Company> {
  const user = await readDemoUser(name)
  return {
    name,
    key: user.api_key,
    workspace: user.workspace,
    texts: await readTexts(name),
    client: new RagClient(url, user.api_key),
  }
}

/** All documents of a company, by file name in alphabetical order. */
export async function readTexts(company: string): Promise<Map<string, string>> {
  const folder = new URL(`${company}/`, TEXTS)
  const names = (await readdir(folder)).filter((name) => name.endsWith('.md')).sort()
  const texts = new Map<string, string>()
  for (const name of names) texts.set(name, await readFile(new URL(name, folder), 'utf8'))
  return texts
}
