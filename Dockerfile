# syntax=docker/dockerfile:1
# By digest: what is built tomorrow is what was tested today. `docker buildx imagetools inspect node:22-slim` shows the
# one of now.
FROM node:22-slim@sha256:c3de60bf2f9dd0ac6370e6117950ff62d6e339527e7472301c9c78a017978392 AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/amqp-message/package.json ./packages/amqp-message/
COPY packages/nestjs-service-bus/package.json ./packages/nestjs-service-bus/
COPY packages/service-bus-emulator/package.json ./packages/service-bus-emulator/
# No script of a dependency runs, here or anywhere else: none is needed.
RUN npm ci --ignore-scripts
COPY tsconfig.base.json tsconfig.build.json ./
COPY packages ./packages
COPY src ./src
COPY tools/bundle-packages.js tools/bundle.js ./tools/
RUN npm run build && npm prune --omit=dev --ignore-scripts
# What is in the image, by name and version, for those who look for what is vulnerable.
RUN npm sbom --omit=dev --sbom-format=cyclonedx > sbom.cdx.json
# All it has is a script that reports who installs it.
RUN rm -r node_modules/@scarf

FROM node:22-slim@sha256:c3de60bf2f9dd0ac6370e6117950ff62d6e339527e7472301c9c78a017978392
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/sbom.cdx.json ./
COPY package.json Config.json LICENSE ./
USER node
EXPOSE 3000
# The process is PID 1 and handles SIGTERM itself: it drains before it exits.
CMD ["node", "--enable-source-maps", "dist/service/main.js"]
# Longer than asking the namespace may take (3 s), and Node to start.
HEALTHCHECK --interval=10s --timeout=8s --start-period=15s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
