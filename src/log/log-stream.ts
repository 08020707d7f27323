import type { Config } from '../config/config.ts'
import { readableLine } from './log-line.ts'

/** Takes the lines of the log. */
export interface LogStream {
  write(line: string): void
}

/** Shorter ones would make holes in words that have nothing to do with them. */
const LEAST_SECRET = 6
const SECRETS = [
  'LIGHTRAG_API_KEY',
  'TOKEN_SECRET',
  'CONTROL_SECRETS_KEY',
  'LLM_BINDING_API_KEY',
  'EXTRACT_LLM_BINDING_API_KEY',
  'KEYWORD_LLM_BINDING_API_KEY',
  'QUERY_LLM_BINDING_API_KEY',
  'EMBEDDING_BINDING_API_KEY',
  'RERANK_BINDING_API_KEY',
  'SMTP_URL',
] as const

/**
 * Where the lines of the log go: readable on a terminal, JSON elsewhere, unless `LOG_FORMAT` says so.
 * Secrets of the configuration are cut out of every line, whoever wrote them there: a provider may
 * quote the key that it refuses.
 */
export function logStream(config: Config, target: LogStream = standardOutput()): LogStream {
  const secrets = secretsOf(config)
  const isTerminal = target === process.stdout && process.stdout.isTTY === true
  const { LOG_FORMAT: format } = config
  const isReadable = format === 'pretty' || (format === 'auto' && isTerminal)
  const colours = isTerminal && process.stdout.hasColors()
  return {
    write(line) {
      let safe = line
      for (const secret of secrets) {
        if (safe.includes(secret)) safe = safe.replaceAll(secret, '…')
      }
      target.write(isReadable ? readableLine(safe, colours) : safe)
    },
  }
}

/** As they stand in a line of JSON. */
function secretsOf(config: Config): string[] {
  const accounts = (config.AUTH_ACCOUNTS ?? '').split(',')
  const passwords = accounts.map((account) => account.slice(account.indexOf(':') + 1).trim())
  return [...SECRETS.map((name) => config[name] ?? ''), ...passwords]
    .filter((secret) => secret.length >= LEAST_SECRET)
    .map((secret) => JSON.stringify(secret).slice(1, -1))
}

let isWatched = false

/** A reader of the log that goes away must not end the server. */
function standardOutput(): LogStream {
  if (!isWatched) process.stdout.on('error', () => undefined)
  isWatched = true
  return process.stdout
}
