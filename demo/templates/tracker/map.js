new Image().src = "{{ tracker("maps.googleapis.com") }}/maps/api/js/QuotaService.RecordEvent?demo={{ mark }}";
