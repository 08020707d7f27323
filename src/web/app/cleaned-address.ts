import type { Services } from '../work/services.ts'

const COOKIE = 'webui-tenant'

/**
 * The tenant of an old address, which the server has cleaned: it comes in a cookie that is read once.
 * Says that it was cleaned, whatever it named.
 */
export function takeCleanedTenant({ remarks }: Pick<Services, 'remarks'>): string | undefined {
  const found = document.cookie
    .split('; ')
    .find((one) => one.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1)
  if (found === undefined) return undefined
  const { pathname } = new URL('.', document.baseURI)
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is not in every browser
  document.cookie = `${COOKIE}=; Path=${pathname}; Max-Age=0; SameSite=Strict`
  remarks.tell({ kind: 'cleaned' })
  return found === '-' ? undefined : found
}
