import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { type EnvValues, flag, text } from './env-fields.ts'

/** The variables that make the server speak HTTPS. */
export const TLS_FIELDS = {
  SSL: flag(false, 'Whether HTTPS is spoken, and nothing else. Needs the two files below.'),
  SSL_CERTFILE: text(undefined, 'Certificate with its chain, as PEM; read at the start.'),
  SSL_KEYFILE: text(undefined, 'Its private key, as PEM without a password.'),
} as const

type Values = EnvValues<typeof TLS_FIELDS>
const FILES = ['SSL_CERTFILE', 'SSL_KEYFILE'] as const

/** What HTTPS is served with. */
export interface TlsFiles {
  readonly cert: Buffer
  readonly key: Buffer
}

/** One sentence for each thing that would let a server speak in the clear against somebody's will. */
export function tlsProblems(values: Values): string[] {
  if (!values.SSL) {
    return FILES.filter((name) => values[name] !== undefined).map(
      (name) => `${name} is set, but SSL is not: set SSL=true, or unset it to serve plain HTTP`,
    )
  }
  return FILES.filter((name) => values[name] === undefined).map(
    (name) => `${name} must be set when SSL is true`,
  )
}

/** What is wrong with the files themselves, which only a server reads. */
export function tlsFileProblems(values: Values): string[] {
  if (!values.SSL || FILES.some((name) => values[name] === undefined)) return []
  const unreadable = FILES.flatMap((name) => {
    try {
      readFileSync(values[name] ?? '')
      return []
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : error
      return [`${name} cannot be read: ${code}`]
    }
  })
  return unreadable.length > 0 ? unreadable : pairProblems(values)
}

/** The files, or undefined when the server speaks plain HTTP. */
export function tlsFiles({ SSL, SSL_CERTFILE: cert, SSL_KEYFILE: key }: Values) {
  if (!SSL || cert === undefined || key === undefined) return undefined
  return { cert: readFileSync(cert), key: readFileSync(key) } satisfies TlsFiles
}

function pairProblems(values: Values): string[] {
  try {
    createSecureContext(tlsFiles(values))
    return []
  } catch (error) {
    // OpenSSL's reason, such as "key values mismatch"; never a piece of the key.
    const reason = error instanceof Error && 'reason' in error ? error.reason : 'no PEM'
    return [`SSL_CERTFILE and SSL_KEYFILE do not go together: ${reason}`]
  }
}
