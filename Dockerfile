FROM node:22-bookworm-slim AS build
# hnswlib-node has no prebuilt binary.
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 make g++ \
  && rm -rf /var/lib/apt/lists/*
# The headers that the image brings spare the native build a download.
ENV npm_config_nodedir=/usr/local
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json bundle.mjs ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build && npm prune --omit=dev

FROM node:22-bookworm-slim
ENV NODE_ENV=production \
  HOST=0.0.0.0 \
  PORT=9621 \
  WORKING_DIR=/app/rag_storage \
  INPUT_DIR=/app/inputs
WORKDIR /app
RUN mkdir rag_storage inputs && chown node:node rag_storage inputs
COPY package.json users.json.example LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
VOLUME ["/app/rag_storage", "/app/inputs"]
EXPOSE 9621
STOPSIGNAL SIGTERM
# It asks itself, by an address that stands in no certificate.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "const { SSL = '', PORT } = process.env; process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; fetch(`http${/^(true|1|yes|t|on)$/i.test(SSL) ? 's' : ''}://127.0.0.1:${PORT}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/bin/tenantrag.js"]
CMD ["serve"]
