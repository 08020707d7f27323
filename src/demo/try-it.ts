import type { Company } from './company.ts'

/** Lines to paste into a shell: a question, the document list and a wrong key. */
export function curlLines(url: string, companies: readonly Company[], question: string): string[] {
  const json = "-H 'Content-Type: application/json'"
  const asks = companies.map(
    ({ key }) => `curl -s ${url}/query -H 'X-API-Key: ${key}' ${json} -d '{"query":"${question}"}'`,
  )
  const lists = companies
    .slice(0, 1)
    .map(({ key }) => `curl -s ${url}/documents -H 'X-API-Key: ${key}'`)
  return [...asks, ...lists, `curl -i ${url}/documents -H 'X-API-Key: wrong-key'`]
}
