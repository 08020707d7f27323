import type { FastifyRequest } from 'fastify'
import { withoutSecrets } from '../control/database/opaque-id.ts'

/**
 * A request as the log shows it. Clients put keys, tokens and questions behind the `?`, which is left
 * out, and the tokens of links into paths, also into such as no route has.
 */
export function loggedRequest({ method, url, host, ip, socket }: FastifyRequest) {
  const { remotePort } = socket
  const port = remotePort === undefined ? {} : { remotePort }
  const [path = '', query] = url.split('?', 2)
  const shown = query === undefined ? path : `${path}?…`
  return { method, url: withoutSecrets(shown), host, remoteAddress: ip, ...port }
}
