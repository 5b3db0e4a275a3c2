# Debian 12 and Node 20 in both stages, so that what the first compiles runs in the second.
FROM node:20-bookworm-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends g++ make python3 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# Compile against the headers that the image brings; fetch neither headers nor binaries.
ENV npm_config_nodedir=/usr/local \
    npm_config_build_from_source=true
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts \
 && npm rebuild better-sqlite3
COPY . .
# The program, and the data beside it; sources, tests and build tools stay behind.
RUN npm run build \
 && npm prune --omit=dev --ignore-scripts \
 && rm -rf node_modules/better-sqlite3/deps node_modules/better-sqlite3/src node_modules/tree-sitter-c/src node_modules/tree-sitter-c/prebuilds \
 && find node_modules/better-sqlite3/build -type f ! -name better_sqlite3.node -delete \
 && find simulator -type f -name '*.ts' -delete \
 && find simulator node_modules -type d -empty -delete \
 && chmod 755 dist/bot/cli/main.js

FROM node:20-bookworm-slim
ENV NODE_ENV=production
# Kernel trees in repositories and public-inboxes are read with git.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates git \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/faultline
COPY --from=build /src/package.json /src/LICENSE /src/README.md ./
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/dist dist
COPY --from=build /src/simulator simulator
COPY --from=build /src/migrations migrations
COPY --from=build /src/fixtures/threads fixtures/threads
RUN ln -s /opt/faultline/dist/bot/cli/main.js /usr/local/bin/faultline
USER node
# Mails are mounted here: docker run --rm -v "$PWD:/mail:ro" faultline review series.mbox
WORKDIR /mail
ENTRYPOINT ["faultline"]
CMD ["--help"]
