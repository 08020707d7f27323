import type { Models } from '../ports/models.ts'
import { announce, announced, comeBack } from './announced-work.ts'

/** The same models; what asked them is announced again when they have answered. */
export function announcingModels(models: Models): Models {
  const { extractor, keywords, summarizer, answerer, rewriter, embedding, reranker } = models
  return {
    ...models,
    extractor: {
      id: extractor.id,
      extract: (input, options) => comeBack(extractor.extract(input, options)),
    },
    keywords: {
      id: keywords.id,
      find: (query, options) => comeBack(keywords.find(query, options)),
    },
    summarizer: {
      id: summarizer.id,
      summarize: (...asked) => comeBack(summarizer.summarize(...asked)),
    },
    answerer: {
      id: answerer.id,
      ...(answerer.instant === undefined ? {} : { instant: answerer.instant }),
      prompt: (input) => answerer.prompt(input),
      answer: (input, options) => pieces(answerer.answer(input, options)),
    },
    rewriter: rewriter && {
      id: rewriter.id,
      rewrite: (...asked) => comeBack(rewriter.rewrite(...asked)),
    },
    embedding: {
      id: embedding.id,
      dimension: embedding.dimension,
      ...(embedding.retrievalShare === undefined
        ? {}
        : { retrievalShare: embedding.retrievalShare }),
      embed: (texts, options) => comeBack(embedding.embed(texts, options)),
    },
    reranker: reranker && {
      id: reranker.id,
      rerank: (...asked) => comeBack(reranker.rerank(...asked)),
    },
  }
}

async function* pieces(answer: AsyncIterable<string>): AsyncGenerator<string> {
  const work = announced()
  for await (const piece of answer) {
    announce(work)
    yield piece
  }
  announce(work)
}
