import { readPathPrefix } from '../http/guards/path-prefix.ts'
import { type ProxyTrust, readProxyTrust } from '../http/guards/proxy-trust.ts'
import { decimal, integer, list, type NumberField, parsed } from './env-fields.ts'
import { hostCountFor, thisMachine } from './host-count.ts'

const HOSTS = integer(
  0,
  { min: 0, max: 64 },
  'Processes that hold the engines of workspaces; 0 = they are in the one that takes requests, auto = one for each core but one, 4 at most, and 0 where there are no two cores or less than 1 GB of memory.',
)

/** Who may connect, and how long connections may take. */
export const CONNECTION_FIELDS = {
  ENGINE_HOSTS: {
    ...HOSTS,
    parse: (text) => {
      if (text.toLowerCase() === 'auto') return { value: hostCountFor(thisMachine()) }
      const read = HOSTS.parse(text)
      return 'problem' in read ? { problem: `${read.problem}, or auto` } : read
    },
  } satisfies NumberField<number>,
  HOST_STALL_CPU_SECONDS: integer(
    10,
    { min: 1, max: 3600 },
    'CPU that such a process may spend without a turn of its event loop; then another takes its place.',
  ),
  HOST_MAX_MB: integer(
    4096,
    { min: 128, max: 16_777_216 },
    'Memory that such a process may take, in MB; then another takes its place.',
  ),
  ALLOWED_HOSTS: list(
    [],
    'Host names that are answered to, `.example.com` with all below, `*` for all; with keys, unset means all.',
  ),
  TRUST_PROXY: parsed<ProxyTrust>(
    false,
    'Who may tell where a request came from (`X-Forwarded-*`): how many proxies stand in front, or their addresses (`10.0.0.0/8,loopback`).',
    readProxyTrust,
  ),
  LIGHTRAG_API_PREFIX: parsed<string | undefined>(
    undefined,
    'Path below which a proxy shows the server, such as `/rag`; `X-Forwarded-Prefix` of a trusted proxy goes before it.',
    readPathPrefix,
  ),
  MAX_CONNECTIONS: integer(
    0,
    { min: 0, max: 1_000_000 },
    'Connections at once; 0 = half of the files that the process may open, at most 10,000.',
  ),
  MAX_CONNECTIONS_PER_ADDRESS: integer(
    0,
    { min: 0, max: 1_000_000 },
    'Of one address, trusted proxies excepted; 0 = a quarter of MAX_CONNECTIONS.',
  ),
  EVENT_STREAM_SECONDS: decimal(
    3600,
    { min: 0.05, max: 86_400 },
    'Longest life of a stream of events; then the client comes back.',
  ),
  KEEP_ALIVE_SECONDS: integer(
    72,
    { min: 1, max: 3600 },
    'Longest wait for the next request of a connection.',
  ),
  REQUEST_HEADERS_SECONDS: integer(
    15,
    { min: 1, max: 300 },
    'Within which the head of a request must be there.',
  ),
  REQUEST_BODY_SECONDS: integer(
    20,
    { min: 1, max: 1800 },
    'Within which the body must be there, on routes that take small ones alone.',
  ),
  REQUEST_SILENCE_SECONDS: integer(
    120,
    { min: 1, max: 1800 },
    'Longest wait for the next bytes of a file or another large body.',
  ),
} as const
