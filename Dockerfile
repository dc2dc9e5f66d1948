# syntax=docker/dockerfile:1
FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/amqp-message/package.json ./packages/amqp-message/
COPY packages/nestjs-service-bus/package.json ./packages/nestjs-service-bus/
COPY packages/service-bus-emulator/package.json ./packages/service-bus-emulator/
RUN npm ci
COPY tsconfig.base.json tsconfig.build.json ./
COPY packages ./packages
COPY src ./src
COPY tools/bundle-packages.js tools/bundle.js ./tools/
RUN npm run build && npm prune --omit=dev

FROM node:22-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json Config.json LICENSE ./
USER node
EXPOSE 3000
# The process is PID 1 and handles SIGTERM itself: it drains before it exits.
CMD ["node", "--enable-source-maps", "dist/service/main.js"]
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
