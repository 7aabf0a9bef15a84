# Hoga in a container. The PostgreSQL comes from docker-compose.yml, by DATABASE_URL.
FROM node:22-bookworm-slim
WORKDIR /opt/hoga
COPY package.json package-lock.json ./
RUN npm ci --omit=dev && npm cache clean --force
COPY . .
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
ENV HOGA_HOST=0.0.0.0 HOGA_DATA=/data
# Not through npm, so that signals reach the exchange itself.
CMD ["./node_modules/.bin/node", "server/cli.ts", "start"]
