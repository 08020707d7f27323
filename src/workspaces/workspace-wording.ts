/** What one workspace asks of its language models in words of its own. */
export interface WorkspaceWording {
  /** Kinds of entities that extraction looks for. */
  readonly entity_types?: string[]
  /** Of extraction, summaries and keywords. */
  readonly language?: string
  /** Rules for extraction, behind those of the server. */
  readonly extraction_rules?: string
  /** The system prompt of answers, with `{context_data}` where the context belongs. */
  readonly answer_prompt?: string
}
