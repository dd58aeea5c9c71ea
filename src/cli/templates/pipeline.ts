/** A GitHub Actions workflow with each phase as a step of its own, as `init` writes it. */
export const pipelineTemplate = `name: deploy
on:
  push:
    branches: [main]

# One deploy at a time. A second runner would be refused by the lease anyway.
concurrency: deploy

jobs:
  deploy:
    runs-on: ubuntu-latest
    env:
      DATABASE_URL: \${{ secrets.DATABASE_URL }}
      MIGRATE_GIT_REVISION: \${{ github.sha }}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
          cache: npm
      - run: npm ci

      - name: Show what will run
        run: npx migrate plan

      - name: Add the new shape and fill it
        run: npx migrate expand --backfill

      - name: Deploy the new version
        run: echo "your deploy goes here"

  # A later deploy, once no old version is left. Exit 5 says: not yet.
  contract:
    needs: deploy
    runs-on: ubuntu-latest
    environment: contract
    env:
      DATABASE_URL: \${{ secrets.DATABASE_URL }}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
          cache: npm
      - run: npm ci
      - run: npx migrate contract --wait 30m
`
