import { randomBytes } from 'node:crypto'
import { readControlFile, writeControlFileOnce } from '../control-files/control-folder.ts'
import { TenancyError } from '../tenancy-error.ts'

const FILE = 'token_secret'
const LEAST_BYTES = 32
/** Printed in LightRAG's source and sample file: anyone who reads them could sign. */
const PUBLIC_SECRETS = ['lightrag-jwt-default-secret', 'lightrag-jwt-default-secret-key!']

/**
 * The secret that signs tokens: the configured one, else the one kept under `root`, made there at
 * the first start.
 *
 * @param root the storage folder
 * @throws {TenancyError} `token_secret_refused` for a short or publicly known one
 */
export function loadTokenSecret(root: string, configured?: string): string {
  if (configured !== undefined) return checked(configured, 'The configured token secret')
  const kept =
    readControlFile(root, FILE) ??
    writeControlFileOnce(root, FILE, randomBytes(48).toString('base64url'))
  return checked(kept.trim(), `The token secret in _control/${FILE}`)
}

function checked(secret: string, what: string): string {
  const problem = tokenSecretProblem(secret)
  if (problem === undefined) return secret
  throw new TenancyError('token_secret_refused', `${what} ${problem}`)
}

/** What is wrong with it, without it; undefined for a secret that nobody can guess. */
export function tokenSecretProblem(secret: string): string | undefined {
  if (PUBLIC_SECRETS.includes(secret)) return 'is publicly known; choose another'
  if (Buffer.byteLength(secret) < LEAST_BYTES) return `has fewer than ${LEAST_BYTES} bytes`
  return undefined
}
