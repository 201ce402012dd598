-- +goose Up
-- Until when reconciliation leaves a delivery alone whose job it made anew; next_at stays what the ledger wants.
alter table delivery add column requeued_until bigint not null default 0;
-- When a subject last failed, so that old counts are forgotten and the table does not grow for ever.
alter table attempt add column at bigint not null default 0;
