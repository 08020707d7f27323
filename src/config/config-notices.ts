import type { Config } from './config.ts'

/** What a configuration means that somebody may not have meant, one sentence each. */
export function configNotices(config: Config): string[] {
  const lines: string[] = []
  if (config.withoutEffect.length > 0) {
    const names = config.withoutEffect.join(', ')
    lines.push(`Set, and known from LightRAG, but without effect here: ${names}.`)
  }
  if (config.LLM_BINDING !== 'offline' && config.EMBEDDING_BINDING === 'offline') {
    lines.push(
      'EMBEDDING_BINDING is not set: texts are found by the words they share with a question, not ' +
        'by their meaning. Set it before the first document; later, "workspace reindex" changes it.',
    )
  }
  return lines
}
