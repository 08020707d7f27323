/** Names by which other front ends put a tenant into the query of an address. */
const NAMES = ['tenant', 'tenant_id', 'tenantid', 'tenantId']
const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/
/** As other front ends put it into a path: `/t/acme/documents`. */
const IN_PATH = /^(?:t|tenant|tenants)\/([^/]{1,300})(?:\/(.*))?$/

export interface CleanAddress {
  /** The same page, below `/webui/`, without the tenant. */
  readonly target: string
  /** Undefined where what stood there names none. */
  readonly tenant: string | undefined
}

/**
 * The address without the tenant that it names; undefined when it names none.
 *
 * @param path below `/webui/`, as it was sent, without the query
 * @param query as it was sent, without the question mark
 */
export function cleanAddress(path: string, query: string): CleanAddress | undefined {
  const inPath = IN_PATH.exec(path)
  const fields = new URLSearchParams(query)
  const inQuery = NAMES.map((name) => fields.get(name)).find((value) => value !== null)
  if (inPath === null && inQuery === undefined) return undefined
  for (const name of NAMES) fields.delete(name)
  const rest = fields.toString()
  const named = inQuery ?? decoded(inPath?.[1] ?? '')
  return {
    target: `${inPath === null ? path : (inPath[2] ?? '')}${rest === '' ? '' : `?${rest}`}`,
    tenant: ID.test(named) ? named.toLowerCase() : undefined,
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
