-- +goose Up
-- Who works on a delivery holds it until then; a worker that died lets go by itself.
alter table delivery add column claimed_until bigint not null default 0;
