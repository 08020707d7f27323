import type { Config } from '../../config/config.ts'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i

/** The address to listen on: this machine alone when nobody needs a key, unless `HOST` names one. */
export function listeningHost({ HOST }: Pick<Config, 'HOST'>, open: boolean): string {
  return HOST ?? (open ? '127.0.0.1' : '0.0.0.0')
}

export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host)
}

/** What a server that asks nobody for a key has to say before all else: what is open, and how to close it. */
export function openNotice(config: Config): string[] {
  const keys = 'LIGHTRAG_API_KEY, AUTH_ACCOUNTS or USERS_FILE'
  const host = listeningHost(config, true)
  const lines = isLoopback(host)
    ? [
        `Nobody needs a key, so only this machine is served. To serve others, ask for keys (${keys}); to serve everybody, set HOST.`,
      ]
    : [
        `OPEN: nobody needs a key, and whoever reaches ${host}:${config.PORT} may read, change and delete all documents.`,
        `To close it, set ${keys}; or let this machine alone in: HOST=127.0.0.1, in a container "docker run -p 127.0.0.1:${config.PORT}:${config.PORT}".`,
      ]
  if (config.CORS_ORIGINS.includes('*')) {
    lines.push('CORS_ORIGINS=*: every web page that somebody here visits may do the same.')
  }
  return lines
}
