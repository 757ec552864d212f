// A Medusa shop for tests: loopback only, no admin screens, no Redis.
const {defineConfig} = require("@medusajs/framework/utils");

const origin = `http://127.0.0.1:${process.env.PORT}`;

module.exports = defineConfig({
    projectConfig: {
        databaseUrl: process.env.DATABASE_URL,
        databaseDriverOptions: {connection: {ssl: false}},
        http: {
            storeCors: origin,
            adminCors: origin,
            authCors: origin,
            jwtSecret: "only-for-tests",
            cookieSecret: "only-for-tests",
        },
    },
    admin: {disable: true},
});
